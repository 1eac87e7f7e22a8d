package io.github.dyad.anomaly;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Kernels;

/**
 * The decoder student's anomaly map (ALGORITHM.md, inference).
 *
 * <p>Per group 1 − cos of every patch (h, w) → bilinear to the input size, corners aligned → mean
 * of the groups → bilinear to the square map, corners not aligned → Gaussian with zero padding.
 */
public final class AnomalyMap {
  private final AnomalyConfig config;
  private final int gridHeight;
  private final int gridWidth;
  private final Taps toHeight;
  private final Taps toWidth;
  private final Taps mapRows;
  private final Taps mapColumns;
  private final double[] gaussian;

  /**
   * @param gridHeight h
   * @param gridWidth w
   * @param height of the input in pixels
   * @param width of the input in pixels
   */
  public AnomalyMap(AnomalyConfig config, int gridHeight, int gridWidth, int height, int width) {
    this.config = config;
    this.gridHeight = gridHeight;
    this.gridWidth = gridWidth;
    this.toHeight = Taps.aligned(gridHeight, height);
    this.toWidth = Taps.aligned(gridWidth, width);
    this.mapRows = Taps.unaligned(height, config.mapSize());
    this.mapColumns = Taps.unaligned(width, config.mapSize());
    this.gaussian = gaussian(config.gaussianSize(), config.gaussianSigma());
  }

  /**
   * @param distances per group, 1 − cos of every patch, (h·w), row by row
   * @return (mapSize, mapSize), row by row
   */
  public float[] of(double[]... distances) {
    double[] mean = new double[toHeight.out() * toWidth.out()];
    for (double[] group : distances) {
      double[] enlarged = resize(group, gridHeight, gridWidth, toHeight, toWidth);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += enlarged[i] / distances.length;
      }
    }
    double[] map = resize(mean, toHeight.out(), toWidth.out(), mapRows, mapColumns);
    double[] smooth = blur(map, config.mapSize());
    float[] result = new float[smooth.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) smooth[i];
    }
    return result;
  }

  /** s_D: mean of the top share of map pixels, at least one. */
  public static double topShare(float[] map, double share) {
    int count = Math.max(1, (int) (map.length * share));
    float threshold;
    try (Floats pixels = Floats.copyOf(map)) {
      threshold = Kernels.active().kthLargest(pixels, 0, map.length, count);
    }
    double sum = 0;
    int above = 0;
    for (float pixel : map) {
      if (pixel > threshold) {
        sum += pixel;
        above++;
      }
    }
    return Float.isNaN(threshold)
        ? Double.NaN
        : (sum + (count - above) * (double) threshold) / count;
  }

  /** Separable bilinear weights of one axis: output o = (1 − t)·in[low] + t·in[high]. */
  private record Taps(int[] low, int[] high, double[] t) {
    int out() {
      return t.length;
    }

    /** align_corners: the outer pixels' centres coincide. */
    static Taps aligned(int in, int out) {
      double scale = out > 1 ? (double) (in - 1) / (out - 1) : 0;
      double[] positions = new double[out];
      for (int o = 0; o < out; o++) {
        positions[o] = o * scale;
      }
      return at(positions, in);
    }

    /** Pixels are areas; the first tap is not left of the first centre. */
    static Taps unaligned(int in, int out) {
      double[] positions = new double[out];
      for (int o = 0; o < out; o++) {
        positions[o] = Math.max(0, (o + 0.5) * in / out - 0.5);
      }
      return at(positions, in);
    }

    private static Taps at(double[] positions, int in) {
      int[] low = new int[positions.length];
      int[] high = new int[positions.length];
      double[] t = new double[positions.length];
      for (int o = 0; o < t.length; o++) {
        low[o] = Math.min((int) positions[o], in - 1);
        high[o] = Math.min(low[o] + 1, in - 1);
        t[o] = positions[o] - low[o];
      }
      return new Taps(low, high, t);
    }
  }

  private static double[] resize(double[] in, int height, int width, Taps rows, Taps columns) {
    double[] wide = new double[height * columns.out()];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < columns.out(); x++) {
        double t = columns.t[x];
        wide[y * columns.out() + x] =
            (1 - t) * in[y * width + columns.low[x]] + t * in[y * width + columns.high[x]];
      }
    }
    int w = columns.out();
    double[] out = new double[rows.out() * w];
    for (int y = 0; y < rows.out(); y++) {
      double t = rows.t[y];
      int low = rows.low[y] * w;
      int high = rows.high[y] * w;
      for (int x = 0; x < w; x++) {
        out[y * w + x] = (1 - t) * wide[low + x] + t * wide[high + x];
      }
    }
    return out;
  }

  /** Normalised Gaussian of one axis. */
  private static double[] gaussian(int size, double sigma) {
    double[] kernel = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double x = i - size / 2;
      kernel[i] = Math.exp(-x * x / (2 * sigma * sigma));
      sum += kernel[i];
    }
    for (int i = 0; i < size; i++) {
      kernel[i] /= sum;
    }
    return kernel;
  }

  private double[] blur(double[] in, int side) {
    double[] rows = new double[in.length];
    double[] out = new double[in.length];
    int half = gaussian.length / 2;
    for (int y = 0; y < side; y++) {
      for (int k = -half; k <= half; k++) {
        int from = Math.max(0, -k);
        int to = Math.min(side, side - k);
        double g = gaussian[k + half];
        for (int x = from; x < to; x++) {
          rows[y * side + x] += g * in[y * side + x + k];
        }
      }
    }
    for (int y = 0; y < side; y++) {
      for (int k = -half; k <= half; k++) {
        if (y + k >= 0 && y + k < side) {
          double g = gaussian[k + half];
          for (int x = 0; x < side; x++) {
            out[y * side + x] += g * rows[(y + k) * side + x];
          }
        }
      }
    }
    return out;
  }
}
