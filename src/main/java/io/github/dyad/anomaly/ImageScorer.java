package io.github.dyad.anomaly;

/**
 * Scores one image after the other. Not for several threads at once: one scorer a thread, unless it
 * says otherwise.
 */
public interface ImageScorer extends AutoCloseable {

  /**
   * @param image (3, side, side), ImageNet-normalised
   */
  AnomalyScorer.Result score(float[] image);

  /** Of the image that was scored last; nothing for a method that trains no student. */
  default Discrepancy discrepancy() {
    return Discrepancy.NONE;
  }

  @Override
  void close();
}
