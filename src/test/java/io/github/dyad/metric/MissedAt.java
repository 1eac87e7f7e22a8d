package io.github.dyad.metric;

import java.util.List;
import java.util.OptionalDouble;

/** A metric that is to be small: normal images among the five worst. */
public record MissedAt() implements Metric {
  @Override
  public String name() {
    return "missed-at";
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }

  @Override
  public OptionalDouble of(double[] scores, boolean[] anomalous, List<String> groups) {
    OptionalDouble found = new PrecisionAt().of(scores, anomalous, groups);
    return found.isEmpty() ? found : OptionalDouble.of(1 - found.getAsDouble());
  }
}
