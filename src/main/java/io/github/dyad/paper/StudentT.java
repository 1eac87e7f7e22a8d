package io.github.dyad.paper;

/** Two-sided 95 % intervals of a mean, for a handful of seeds. */
final class StudentT {
  /** 97.5 % quantiles of Student's t for 1 to 10 degrees of freedom. */
  private static final double[] QUANTILES = {
    12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157,
    2.228139
  };

  private static final double NORMAL = 1.959963984540054;

  private StudentT() {}

  /** Half the width of the interval: t · s / √n; at least two values. */
  static double halfWidth(double[] values) {
    int n = values.length;
    double mean = 0;
    for (double value : values) {
      mean += value / n;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return quantile(n - 1) * Math.sqrt(squares / (n - 1) / n);
  }

  /**
   * The 97.5 % quantile. Above 10 degrees the first four terms of its expansion in 1/ν around the
   * normal quantile (Abramowitz and Stegun 26.7.5): error below 1e-5.
   */
  static double quantile(int degrees) {
    if (degrees <= QUANTILES.length) {
      return QUANTILES[degrees - 1];
    }
    double z = NORMAL;
    double z2 = z * z;
    double v = degrees;
    double first = z * (z2 + 1) / 4;
    double second = z * ((5 * z2 + 16) * z2 + 3) / 96;
    double third = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
    double fourth = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92_160;
    return z + (first + (second + (third + fourth / v) / v) / v) / v;
  }
}
