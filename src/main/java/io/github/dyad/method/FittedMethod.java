package io.github.dyad.method;

import io.github.dyad.distillation.ImageFeatures;

/** A method that knows what is normal. Several threads judge at once. */
public interface FittedMethod {

  /**
   * What an image is.
   *
   * @param score higher is more anomalous; any finite number
   * @param patches anomaly of each patch, (h·w) row by row, from which the map is made; null for a
   *     method without maps
   */
  record Verdict(double score, double[] patches) {}

  /** Judges one image by itself. */
  Verdict judge(ImageFeatures image);
}
