package io.github.dyad.metric;

import io.github.dyad.Extension;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A number of one's own in {@code results.csv}. An experiment file asks for it by {@code
 * metrics.extra: [NAME]}; its column is the name with underscores. A new one is a class named in
 * {@code META-INF/services/io.github.dyad.metric.Metric}.
 *
 * <p>It is a function of what it is given alone: {@code dyad verify} takes it again from the saved
 * scores and expects the same bits.
 */
public interface Metric extends Extension {

  /**
   * The metric of one row's test images; its mean over a trial's rows is taken by Dyad.
   *
   * @param scores (images), higher is more anomalous; log-probabilities where the fusion gives
   *     them, so only their order and their differences between images mean something
   * @param anomalous (images)
   * @param groups (images): those of one group are views of one object; elsewhere each image has
   *     its own
   * @return a number; empty where it is undefined on these images, which leaves the cell empty
   */
  OptionalDouble of(double[] scores, boolean[] anomalous, List<String> groups);

  /** Whether a search that goes by it looks for a large value. */
  default boolean higherIsBetter() {
    return true;
  }

  /** The name in {@code results.csv}. */
  default String column() {
    return name().replace('-', '_');
  }
}
