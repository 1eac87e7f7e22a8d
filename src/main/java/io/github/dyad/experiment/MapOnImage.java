package io.github.dyad.experiment;

import io.github.dyad.data.ImageSize;
import java.util.Arrays;

/**
 * Lays an anomaly map back through crop and resize onto an image's own pixels, bilinear between the
 * centres of map pixels. A pixel outside the crop, which the teacher did not see, gets 0: the value
 * of perfect agreement.
 *
 * @param side of the square map in pixels
 * @param size how the image came to the teacher
 */
record MapOnImage(int side, ImageSize size) {

  /** Bilinear weights of one axis; {@code low} is −1 outside the crop. */
  private record Taps(int[] low, double[] t) {}

  /**
   * @param map (side, side), row by row
   * @return (height, width), row by row
   */
  float[] of(float[] map, int height, int width) {
    Taps rows = taps(height);
    Taps columns = taps(width);
    float[] laid = new float[height * width];
    double[] row = new double[side];
    for (int y = 0; y < height; y++) {
      if (rows.low[y] < 0) {
        continue;
      }
      int top = rows.low[y] * side;
      int bottom = Math.min(rows.low[y] + 1, side - 1) * side;
      for (int x = 0; x < side; x++) {
        row[x] = (1 - rows.t[y]) * map[top + x] + rows.t[y] * map[bottom + x];
      }
      for (int x = 0; x < width; x++) {
        int left = columns.low[x];
        if (left >= 0) {
          int right = Math.min(left + 1, side - 1);
          laid[y * width + x] =
              (float) ((1 - columns.t[x]) * row[left] + columns.t[x] * row[right]);
        }
      }
    }
    return laid;
  }

  private Taps taps(int pixels) {
    int[] low = new int[pixels];
    double[] t = new double[pixels];
    Arrays.fill(low, -1);
    double border = (size.resize() - size.crop()) / 2.0;
    for (int i = 0; i < pixels; i++) {
      double resized = (i + 0.5) * size.resize() / pixels;
      double centre = (resized - border) * side / size.crop() - 0.5;
      if (centre >= -0.5 && centre <= side - 0.5) {
        double inside = Math.max(0, Math.min(centre, side - 1));
        low[i] = (int) inside;
        t[i] = inside - low[i];
      }
    }
    return new Taps(low, t);
  }
}
