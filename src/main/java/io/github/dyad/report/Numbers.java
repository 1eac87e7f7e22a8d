package io.github.dyad.report;

import io.github.dyad.experiment.ResultColumn;
import io.github.dyad.experiment.ResultRow;
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

  /** A metric of a row, NaN where it is not defined for it. */
  static double metric(ResultRow row, ResultColumn column) {
    return row.get(column).isEmpty() ? Double.NaN : row.metric(column);
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
