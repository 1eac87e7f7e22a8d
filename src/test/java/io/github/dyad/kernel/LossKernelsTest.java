package io.github.dyad.kernel;

import static io.github.dyad.kernel.Formulas.U;
import static io.github.dyad.kernel.Formulas.assertWithin;
import static io.github.dyad.kernel.Guarded.AT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LossKernelsTest {
  private static final int ROWS = 4;

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void cosine_terms_are_the_dot_products_of_rows(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      double[] t = Samples.normal(cols, ROWS * cols, 1);
      double[] d = Samples.normal(-cols, ROWS * cols, 1);
      double[] terms = new double[1 + 3 * ROWS];
      kernels.cosineTerms(Guarded.of(t).floats, AT, Guarded.of(d).floats, AT, terms, 1, ROWS, cols);
      for (int r = 0; r < ROWS; r++) {
        double[] tr = Arrays.copyOfRange(t, r * cols, (r + 1) * cols);
        double[] dr = Arrays.copyOfRange(d, r * cols, (r + 1) * cols);
        double tt = Formulas.dot(tr, tr);
        double dd = Formulas.dot(dr, dr);
        double bound = 64 * U * Math.max(tt, dd);
        assertEquals(Formulas.dot(tr, dr), terms[1 + 3 * r], bound);
        assertEquals(tt, terms[2 + 3 * r], bound);
        assertEquals(dd, terms[3 + 3 * r], bound);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void the_cosine_losss_gradient_is_that_of_its_formula_times_the_rows_weight(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      if (cols > 200) {
        continue;
      }
      double[] t = Samples.normal(cols, ROWS * cols, 1);
      double[] d = Samples.normal(-cols, ROWS * cols, 1);
      double[] weights = {1, 0.1f, 0.1f, 1};
      double td = Formulas.dot(t, d);
      double tt = Formulas.dot(t, t);
      double dd = Formulas.dot(d, d);
      double[] expected =
          Formulas.gradient(
              x -> {
                double cosine = Formulas.dot(t, x) / Math.sqrt(tt) / Math.sqrt(Formulas.dot(x, x));
                return new double[] {0.5 * (1 - cosine)};
              },
              d,
              new double[] {1});
      Guarded actual = Guarded.empty(d.length);
      Floats ts = Guarded.of(t).floats;
      Floats ds = Guarded.of(d).floats;
      kernels.cosineBackward(
          ts, AT, ds, AT, td, tt, dd, 0.5, null, 0, actual.floats, AT, ROWS, cols);
      assertWithin(expected, actual.values(), 1e-6, () -> "columns " + cols);

      Arrays.setAll(expected, i -> expected[i] * weights[i / cols]);
      kernels.cosineBackward(
          ts,
          AT,
          ds,
          AT,
          td,
          tt,
          dd,
          0.5,
          Guarded.of(weights).floats,
          AT,
          actual.floats,
          AT,
          ROWS,
          cols);
      assertWithin(expected, actual.values(), 1e-6, () -> "columns " + cols);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void a_zero_vector_has_cosine_0_and_a_finite_gradient(Kernels kernels) {
    assertEquals(1, Cosine.distance(0, 1, 0));
    Guarded gradient = Guarded.empty(3);
    kernels.cosineBackward(
        Guarded.of(1, 0, 0).floats,
        AT,
        Guarded.of(0, 0, 0).floats,
        AT,
        0,
        1,
        0,
        1,
        null,
        0,
        gradient.floats,
        AT,
        1,
        3);
    assertWithin(new double[] {-1e8, 0, 0}, gradient.values(), 10, () -> "zero vector");
    assertTrue(Double.isNaN(Cosine.distance(Double.NaN, 1, 1)));
    assertTrue(Double.isNaN(Cosine.distance(0, Double.NaN, 1)));
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void squared_distances_and_their_gradient_work_on_rows_at_a_stride(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      int xStride = 2 * cols;
      int yStride = cols + 3;
      double[] x = Samples.normal(cols, ROWS * xStride, 1);
      double[] y = Samples.normal(-cols, ROWS * yStride, 1);
      double[] factors = {1, 0.5, -2, 0.25};
      double[] sums = new double[ROWS + 1];
      Arrays.fill(sums, 10);
      Floats xs = Guarded.of(x).floats;
      Floats ys = Guarded.of(y).floats;
      kernels.squaredDistances(xs, AT, xStride, ys, AT, yStride, sums, 1, ROWS, cols);
      double[] before = Samples.normal(5, ROWS * yStride, 1);
      double[] gradient = before.clone();
      for (int r = 0; r < ROWS; r++) {
        double sum = 10;
        for (int i = 0; i < cols; i++) {
          double difference = y[r * yStride + i] - x[r * xStride + i];
          sum += difference * difference;
          gradient[r * yStride + i] += factors[r] * difference;
        }
        assertEquals(sum, sums[1 + r], 64 * U * sum, "columns " + cols);
      }
      assertEquals(10, sums[0]);
      Guarded actual = Guarded.of(before);
      kernels.squaredDistancesBackward(
          xs,
          AT,
          xStride,
          ys,
          AT,
          yStride,
          Guarded.of(factors).floats,
          AT,
          actual.floats,
          AT,
          yStride,
          ROWS,
          cols);
      assertWithin(gradient, actual.values(), 4 * U * 20, () -> "columns " + cols);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void the_kth_largest_is_that_of_the_sorted_values(Kernels kernels) {
    for (int n : new int[] {1, 2, 7, 40, 1000}) {
      double[] x = Samples.normal(n, n, 1);
      for (int i = 0; i < n; i += 5) {
        x[i] = x[0]; // ties
      }
      if (n > 2) {
        x[1] = -0.0;
        x[2] = Double.NEGATIVE_INFINITY;
      }
      double[] sorted = x.clone();
      Arrays.sort(sorted);
      Floats xs = Guarded.of(x).floats;
      for (int k = 1; k <= n; k += Math.max(1, n / 13)) {
        assertEquals((float) sorted[n - k], kernels.kthLargest(xs, AT, n, k), "k = " + k);
      }
    }
    Floats xs = Guarded.of(1, Double.NaN, 2).floats;
    assertTrue(Float.isNaN(kernels.kthLargest(xs, AT, 3, 1)));
    assertThrows(IllegalArgumentException.class, () -> kernels.kthLargest(xs, AT, 3, 0));
    assertThrows(IllegalArgumentException.class, () -> kernels.kthLargest(xs, AT, 3, 4));
  }
}
