package io.github.dyad.teacher;

/**
 * Resamples a grid of rows as PyTorch's {@code interpolate(align_corners=False)} does. Output o of
 * an axis lies at {@code scale·(o + ½) − ½} of the input (pixel centres), with {@code scale = in /
 * out}, or 1 / scale factor where one is given. The arithmetic is PyTorch's float arithmetic, so
 * results agree to 4e-6 (seen) on noise of size 4.
 */
final class Bicubic {
  /** Of the cubic convolution kernel (Keys 1981); PyTorch without antialias. */
  private static final float SHARP = -0.75f;

  /** As Pillow; PyTorch with antialias. */
  private static final float SOFT = -0.5f;

  /**
   * For each output of an axis, the inputs that make it and their weights.
   *
   * @param inputs [out][taps], already clamped to the axis
   * @param weights [out][taps]
   */
  private record Taps(int[][] inputs, float[][] weights) {}

  /** A way to place taps along an axis. */
  private interface Filter {
    Taps taps(int in, int out, float scale);
  }

  private Bicubic() {}

  /** Bicubic, a = −0.75, four taps clamped at the border. */
  static float[] cubic(PositionGrid grid, int h, int w, double scaleOffset) {
    return resize(grid, h, w, scaleOffset, Bicubic::cubicTaps);
  }

  /** Bicubic, a = −0.5, antialiased. */
  static float[] cubicAntialias(PositionGrid grid, int h, int w, double scaleOffset) {
    return resize(grid, h, w, scaleOffset, Bicubic::antialiasTaps);
  }

  /** Bilinear. */
  static float[] linear(PositionGrid grid, int h, int w, double scaleOffset) {
    return resize(grid, h, w, scaleOffset, Bicubic::linearTaps);
  }

  /** Horizontally, then vertically. (gh·gw, D) -> (h·w, D) */
  private static float[] resize(
      PositionGrid grid, int h, int w, double scaleOffset, Filter filter) {
    int depth = grid.rows().length / (grid.height() * grid.width());
    Taps down = filter.taps(grid.height(), h, scale(grid.height(), h, scaleOffset));
    Taps across = filter.taps(grid.width(), w, scale(grid.width(), w, scaleOffset));
    float[] narrowed = new float[grid.height() * w * depth];
    for (int row = 0; row < grid.height(); row++) {
      for (int column = 0; column < w; column++) {
        int to = (row * w + column) * depth;
        for (int k = 0; k < across.inputs()[column].length; k++) {
          int from = (row * grid.width() + across.inputs()[column][k]) * depth;
          addScaled(narrowed, to, grid.rows(), from, across.weights()[column][k], depth);
        }
      }
    }
    float[] resized = new float[h * w * depth];
    for (int row = 0; row < h; row++) {
      for (int k = 0; k < down.inputs()[row].length; k++) {
        int from = down.inputs()[row][k] * w * depth;
        addScaled(resized, row * w * depth, narrowed, from, down.weights()[row][k], w * depth);
      }
    }
    return resized;
  }

  private static void addScaled(
      float[] sum, int to, float[] values, int from, float factor, int count) {
    for (int k = 0; k < count; k++) {
      sum[to + k] += factor * values[from + k];
    }
  }

  /** in / out, or grid / (out + c). */
  private static float scale(int in, int out, double scaleOffset) {
    return scaleOffset == 0 ? (float) in / out : (float) (1 / ((out + scaleOffset) / in));
  }

  private static Taps cubicTaps(int in, int out, float scale) {
    Taps taps = new Taps(new int[out][4], new float[out][4]);
    for (int o = 0; o < out; o++) {
      float centre = scale * (o + 0.5f) - 0.5f;
      int first = (int) Math.floor(centre) - 1;
      for (int k = 0; k < 4; k++) {
        taps.inputs()[o][k] = Math.max(0, Math.min(in - 1, first + k));
        taps.weights()[o][k] = kernel(Math.abs(centre - (first + k)), SHARP);
      }
    }
    return taps;
  }

  /** The kernel is stretched by the scale when shrinking; taps beyond the border are left out. */
  private static Taps antialiasTaps(int in, int out, float scale) {
    float stretch = Math.max(scale, 1);
    float support = 2 * stretch;
    Taps taps = new Taps(new int[out][], new float[out][]);
    for (int o = 0; o < out; o++) {
      float centre = scale * (o + 0.5f);
      int first = Math.max((int) (centre - support + 0.5f), 0);
      int end = Math.min((int) (centre + support + 0.5f), in);
      int[] inputs = new int[end - first];
      float[] weights = new float[end - first];
      float total = 0;
      for (int k = 0; k < inputs.length; k++) {
        inputs[k] = first + k;
        weights[k] = kernel(Math.abs((first + k - centre + 0.5f) / stretch), SOFT);
        total += weights[k];
      }
      for (int k = 0; k < weights.length; k++) {
        weights[k] /= total;
      }
      taps.inputs()[o] = inputs;
      taps.weights()[o] = weights;
    }
    return taps;
  }

  private static Taps linearTaps(int in, int out, float scale) {
    Taps taps = new Taps(new int[out][2], new float[out][2]);
    for (int o = 0; o < out; o++) {
      float centre = Math.max(0, scale * (o + 0.5f) - 0.5f);
      int first = Math.min((int) centre, in - 1);
      float second = Math.min(centre - first, 1);
      taps.inputs()[o][0] = first;
      taps.inputs()[o][1] = Math.min(first + 1, in - 1);
      taps.weights()[o][0] = 1 - second;
      taps.weights()[o][1] = second;
    }
    return taps;
  }

  /** Cubic convolution kernel at distance x ≥ 0. */
  private static float kernel(float x, float a) {
    if (x < 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }
}
