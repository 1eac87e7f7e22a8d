package io.github.dyad.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** Numbers for a page: five digits, and null for what is no number. */
final class Numbers {
  private static final MathContext DIGITS = new MathContext(5);

  private Numbers() {}

  static Double of(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : null;
  }

  static List<Double> of(double[] values) {
    List<Double> list = new ArrayList<>();
    for (double value : values) {
      list.add(of(value));
    }
    return list;
  }

  static List<List<Double>> of(double[][] points) {
    List<List<Double>> list = new ArrayList<>();
    for (double[] point : points) {
      list.add(of(point));
    }
    return list;
  }

  static List<List<Double>> of(List<double[]> points) {
    return of(points.toArray(new double[0][]));
  }
}
