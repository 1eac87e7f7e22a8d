package io.github.dyad.data;

import java.util.Arrays;

/**
 * Pillow's antialiased bilinear resize of 8-bit samples, bit by bit ({@code Image.resize(size,
 * BILINEAR)} of Pillow 9.4): a triangle as wide as the output pixel, weights rounded to 22
 * fractional bits, columns before rows, rounded to 8 bits in between.
 */
final class Resampler {
  private static final int PRECISION_BITS = 32 - 8 - 2;
  private static final int HALF = 1 << (PRECISION_BITS - 1);

  private Resampler() {}

  /**
   * @param source (height, width, bands)
   * @return (outHeight, outWidth, bands)
   */
  static byte[] resize(
      byte[] source, int width, int height, int bands, int outWidth, int outHeight) {
    byte[] narrow =
        outWidth == width
            ? source
            : columns(source, height, width * bands, bands, Weights.of(width, outWidth));
    return outHeight == height
        ? narrow
        : rows(narrow, outWidth * bands, Weights.of(height, outHeight));
  }

  private static byte[] columns(byte[] source, int height, int stride, int bands, Weights weights) {
    int outStride = weights.count() * bands;
    byte[] target = new byte[height * outStride];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < weights.count(); x++) {
        int in = y * stride + weights.first[x] * bands;
        int out = y * outStride + x * bands;
        if (bands == 3) {
          rgb(source, in, target, out, weights.of(x));
        } else {
          grey(source, in, target, out, weights.of(x));
        }
      }
    }
    return target;
  }

  private static void rgb(byte[] source, int in, byte[] target, int out, int[] weights) {
    int red = HALF;
    int green = HALF;
    int blue = HALF;
    int at = in;
    for (int weight : weights) {
      red += (source[at] & 0xFF) * weight;
      green += (source[at + 1] & 0xFF) * weight;
      blue += (source[at + 2] & 0xFF) * weight;
      at += 3;
    }
    target[out] = clip(red);
    target[out + 1] = clip(green);
    target[out + 2] = clip(blue);
  }

  private static void grey(byte[] source, int in, byte[] target, int out, int[] weights) {
    int sum = HALF;
    for (int i = 0; i < weights.length; i++) {
      sum += (source[in + i] & 0xFF) * weights[i];
    }
    target[out] = clip(sum);
  }

  private static byte[] rows(byte[] source, int stride, Weights weights) {
    byte[] target = new byte[weights.count() * stride];
    int[] sums = new int[stride];
    for (int y = 0; y < weights.count(); y++) {
      Arrays.fill(sums, HALF);
      int row = weights.first[y];
      for (int weight : weights.of(y)) {
        accumulate(source, row++ * stride, weight, sums);
      }
      for (int x = 0; x < stride; x++) {
        target[y * stride + x] = clip(sums[x]);
      }
    }
    return target;
  }

  private static void accumulate(byte[] source, int from, int weight, int[] sums) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] += (source[from + x] & 0xFF) * weight;
    }
  }

  private static byte clip(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> PRECISION_BITS));
  }

  /** For each output position the first input position and the fixed-point weights from it on. */
  private static final class Weights {
    private final int[] first;
    private final int[][] values;

    private Weights(int[] first, int[][] values) {
      this.first = first;
      this.values = values;
    }

    int count() {
      return first.length;
    }

    int[] of(int position) {
      return values[position];
    }

    static Weights of(int inSize, int outSize) {
      double scale = (double) inSize / outSize;
      double support = Math.max(scale, 1.0); // of the triangle, in input pixels
      double inverse = 1.0 / support;
      int[] first = new int[outSize];
      int[][] values = new int[outSize][];
      for (int out = 0; out < outSize; out++) {
        double centre = (out + 0.5) * scale;
        int from = Math.max(0, (int) (centre - support + 0.5));
        int to = Math.min(inSize, (int) (centre + support + 0.5));
        double[] exact = new double[to - from];
        double sum = 0;
        for (int i = 0; i < exact.length; i++) {
          exact[i] = triangle((i + from - centre + 0.5) * inverse);
          sum += exact[i];
        }
        int[] rounded = new int[exact.length];
        for (int i = 0; i < exact.length; i++) {
          double normalised = sum != 0 ? exact[i] / sum : exact[i];
          rounded[i] = (int) (0.5 + normalised * (1 << PRECISION_BITS));
        }
        first[out] = from;
        values[out] = rounded;
      }
      return new Weights(first, values);
    }

    private static double triangle(double x) {
      double distance = Math.abs(x);
      return distance < 1.0 ? 1.0 - distance : 0.0;
    }
  }
}
