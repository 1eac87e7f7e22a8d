package io.github.dyad.metric;

import io.github.dyad.InputException;
import java.util.Arrays;
import java.util.List;

/**
 * The image protocols of MVTec-LOCO: each kind of defect is measured against all normal images, and
 * the mean of the two is reported; pooled, both kinds are one class.
 */
public record LocoMetrics(ImageMetrics logical, ImageMetrics structural, ImageMetrics pooled) {

  /** What an image of the data set shows. */
  public enum Defect {
    NONE,
    LOGICAL,
    STRUCTURAL
  }

  /**
   * @param scores (n), higher is more anomalous
   * @param defects (n)
   * @throws InputException when a score is NaN or one of the three kinds has no image
   */
  public static LocoMetrics of(double[] scores, Defect[] defects) {
    if (scores.length != defects.length) {
      throw new IllegalArgumentException(
          scores.length + " scores but " + defects.length + " labels");
    }
    return new LocoMetrics(
        without(Defect.STRUCTURAL, scores, defects),
        without(Defect.LOGICAL, scores, defects),
        without(null, scores, defects));
  }

  /** Mean of logical and structural: what papers print. */
  public ImageMetrics mean() {
    return ImageMetrics.mean(List.of(logical, structural));
  }

  private static ImageMetrics without(Defect left, double[] scores, Defect[] defects) {
    int count = 0;
    double[] kept = new double[scores.length];
    boolean[] anomalous = new boolean[scores.length];
    for (int i = 0; i < scores.length; i++) {
      if (defects[i] != left) {
        kept[count] = scores[i];
        anomalous[count++] = defects[i] != Defect.NONE;
      }
    }
    return ImageMetrics.of(Arrays.copyOf(kept, count), Arrays.copyOf(anomalous, count));
  }
}
