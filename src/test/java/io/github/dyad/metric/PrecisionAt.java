package io.github.dyad.metric;

import io.github.dyad.Require;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** A metric with an option, as somebody else's jar would bring it: anomalies among the k worst. */
public record PrecisionAt(int worst) implements Metric {
  public PrecisionAt() {
    this(5);
  }

  public PrecisionAt {
    Require.atLeast("options.precision-at.worst", worst, 1);
  }

  @Override
  public String name() {
    return "precision-at";
  }

  @Override
  public OptionalDouble of(double[] scores, boolean[] anomalous, List<String> groups) {
    if (scores.length < worst) {
      return OptionalDouble.empty();
    }
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -scores[i]))
        .limit(worst)
        .mapToInt(i -> anomalous[i] ? 1 : 0)
        .average();
  }
}
