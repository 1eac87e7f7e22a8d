package io.github.dyad.report;

import java.util.List;

/**
 * Variance of the teacher's patch features over normal images of one category, patch by patch (the
 * paper's Sec. 3.2): a pattern where the parts of the object are always in the same place, none in
 * natural images.
 */
final class FeatureVariance {
  private FeatureVariance() {}

  /**
   * @param patches of each image, (h·w, D)
   * @return (h·w), the mean over D of the variance over images
   */
  static double[] of(List<float[]> patches, int count) {
    int width = patches.get(0).length / count;
    double[] map = new double[count];
    for (int p = 0; p < count; p++) {
      for (int d = 0; d < width; d++) {
        double sum = 0;
        double squares = 0;
        for (float[] image : patches) {
          double value = image[p * width + d];
          sum += value;
          squares += value * value;
        }
        double mean = sum / patches.size();
        map[p] += Math.max(0, squares / patches.size() - mean * mean) / width;
      }
    }
    return map;
  }
}
