package io.github.dyad.kernel;

import static io.github.dyad.kernel.Formulas.U;
import static io.github.dyad.kernel.Formulas.assertWithin;
import static io.github.dyad.kernel.Guarded.AT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Copies, sums and the residual stream; bounds as the Javadoc of {@link Kernels} states them. */
class ElementwiseKernelsTest {
  private static final int ROWS = 5;

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void elementwise_kernels_round_once(Kernels kernels) {
    for (int n : Samples.lengths()) {
      double[] x = Samples.normal(n, n, 1);
      double[] y = Samples.normal(-n, n, 1);
      Guarded a = Guarded.of(x);
      Guarded b = Guarded.of(y);

      kernels.add(a.floats, AT, b.floats, AT, n);
      assertEach(n, i -> (float) (x[i] + y[i]), b);
      b = Guarded.of(y);
      kernels.axpy(0.3f, a.floats, AT, b.floats, AT, n);
      assertEach(n, i -> Math.fma(0.3f, (float) x[i], (float) y[i]), b);
      b = Guarded.empty(n);
      kernels.scale(-1.7f, a.floats, AT, b.floats, AT, n);
      assertEach(n, i -> -1.7f * (float) x[i], b);
      b = Guarded.of(y);
      kernels.multiply(a.floats, AT, b.floats, AT, b.floats, AT, n);
      assertEach(n, i -> (float) x[i] * (float) y[i], b);
      b = Guarded.empty(n);
      kernels.copy(a.floats, AT, b.floats, AT, n);
      assertEach(n, i -> x[i], b);
      kernels.zero(b.floats, AT, n);
      assertEach(n, i -> 0, b);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void rows_with_strides_are_copied_and_nothing_between_them(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      int from = cols + 3;
      int to = cols + 5;
      double[] x = Samples.normal(cols, ROWS * from, 1);
      double[] gaps = Samples.normal(-cols, ROWS * to, 1);
      Guarded source = Guarded.of(x);
      Guarded target = Guarded.of(gaps);
      kernels.copyRows(source.floats, AT, from, target.floats, AT, to, ROWS, cols);
      assertEach(ROWS * to, i -> i % to < cols ? x[i / to * from + i % to] : gaps[i], target);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void the_mean_of_tensors_is_within_its_bound(Kernels kernels) {
    for (int n : Samples.lengths()) {
      for (int tensors : new int[] {1, 4, 8}) {
        Floats[] xs = new Floats[tensors];
        int[] at = new int[tensors];
        double[] mean = new double[n];
        for (int k = 0; k < tensors; k++) {
          double[] x = Samples.normal(31L * n + k, n, 1);
          xs[k] = Guarded.of(x).floats;
          at[k] = AT;
          for (int i = 0; i < n; i++) {
            mean[i] += x[i] / tensors;
          }
        }
        Guarded y = Guarded.empty(n);
        kernels.mean(xs, at, y.floats, AT, n);
        assertWithin(mean, y.values(), (tensors + 1) * U * 5, () -> "length " + n);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void long_sums_stay_within_64_roundings(Kernels kernels) {
    int[] lengths = Arrays.copyOf(Samples.lengths().stream().mapToInt(n -> n).toArray(), 45);
    lengths[43] = 1 << 20;
    lengths[44] = (1 << 20) + 7;
    for (int n : lengths) {
      double[] x = Samples.normal(n, n, 1);
      double[] y = Samples.normal(-n, n, 1);
      Floats a = Guarded.of(x).floats;
      Floats b = Guarded.of(y).floats;
      double dot = 0;
      double dotScale = 0;
      double sum = 0;
      double scale = 0;
      double squares = 0;
      for (int i = 0; i < n; i++) {
        dot += x[i] * y[i];
        dotScale += Math.abs(x[i] * y[i]);
        sum += x[i];
        scale += Math.abs(x[i]);
        squares += x[i] * x[i];
      }
      assertEquals(dot, kernels.dot(a, AT, b, AT, n), 64 * U * dotScale, "dot of " + n);
      assertEquals(sum, kernels.sum(a, AT, n), 64 * U * scale, "sum of " + n);
      assertEquals(
          squares, kernels.sumOfSquares(a, AT, n), 64 * U * squares, "sum of squares of " + n);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void a_sum_of_the_same_numbers_has_the_same_bits(Kernels kernels) {
    // Interpreted first, compiled later: the order of a sum must not depend on it.
    for (int n : new int[] {37, 384, 5003}) {
      double[] x = Samples.normal(n, n, 1);
      double first = kernels.sumOfSquares(Guarded.of(x).floats, AT, n);
      Floats a = Guarded.of(x).floats;
      for (int repeat = 0; repeat < 3000; repeat++) {
        assertEquals(first, kernels.sumOfSquares(a, AT, n), 0, "length " + n);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void sums_over_rows_and_biases_follow_their_formula(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      int rows = 11;
      int stride = cols + 2;
      double[] x = Samples.normal(cols, rows * stride, 1);
      double[] old = Samples.normal(-cols, cols, 1);
      double[] sums = old.clone();
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < cols; i++) {
          sums[i] += x[r * stride + i];
        }
      }
      Guarded actual = Guarded.of(old);
      kernels.columnSums(Guarded.of(x).floats, AT, stride, actual.floats, AT, rows, cols);
      assertWithin(sums, actual.values(), rows * U * 20, () -> "columns " + cols);

      double[] y = Samples.normal(3, rows * cols, 1);
      Guarded biased = Guarded.of(y);
      kernels.addBias(Guarded.of(old).floats, AT, biased.floats, AT, rows, cols);
      int width = cols;
      assertEach(rows * cols, i -> (float) (y[i] + old[i % width]), biased);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void kernels_with_a_factor_per_row_follow_their_formula(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      int stride = cols + 2;
      double[] x = Samples.normal(cols, ROWS * stride, 1);
      double[] y = Samples.normal(-cols, ROWS * stride, 1);
      double[] row = Samples.normal(4, cols, 1);
      double[] factors = {0.5, -2, 0.25, 3, 1.5};
      double[] dots = new double[ROWS];
      double[] broadcastDots = new double[ROWS];
      double[] weighted = row.clone();
      for (int r = 0; r < ROWS; r++) {
        dots[r] = 0.75;
        for (int i = 0; i < cols; i++) {
          dots[r] += x[r * stride + i] * y[r * stride + i];
          broadcastDots[r] += x[r * stride + i] * row[i];
          weighted[i] += factors[r] * x[r * stride + i];
        }
      }
      Floats xs = Guarded.of(x).floats;
      Floats rows = Guarded.of(row).floats;
      Floats fs = Guarded.of(factors).floats;
      Supplier where = new Supplier(cols);

      Guarded actual = Guarded.empty(ROWS);
      kernels.rowDots(
          0.75f, xs, AT, stride, Guarded.of(y).floats, AT, stride, actual.floats, AT, ROWS, cols);
      assertWithin(dots, actual.values(), 64 * U * (cols + 1), where);
      kernels.rowDots(0, xs, AT, stride, rows, AT, 0, actual.floats, AT, ROWS, cols);
      assertWithin(broadcastDots, actual.values(), 64 * U * cols, where);

      Guarded sum = Guarded.of(row);
      kernels.addWeightedRows(fs, AT, xs, AT, stride, sum.floats, AT, ROWS, cols);
      assertWithin(weighted, sum.values(), ROWS * U * 30, where);

      Guarded z = Guarded.of(y);
      kernels.addScaledRow(fs, AT, rows, AT, z.floats, AT, stride, ROWS, cols);
      assertEach(
          ROWS * stride,
          i -> i % stride < cols ? (float) (y[i] + factors[i / stride] * row[i % stride]) : y[i],
          z);
      z = Guarded.of(y);
      kernels.divideRows(fs, AT, z.floats, AT, stride, ROWS, cols);
      assertWithin(
          elements(ROWS * stride, i -> i % stride < cols ? y[i] / factors[i / stride] : y[i]),
          z.values(),
          2 * U * 20,
          where);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void the_residual_stream_follows_its_formula_with_and_without_scale_and_bias(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      int n = ROWS * cols;
      double[] x = Samples.normal(1, n, 1);
      double[] z = Samples.normal(2, n, 1);
      double[] bias = Samples.normal(3, cols, 1);
      double[] gamma = Samples.normal(4, cols, 1);
      for (boolean biased : new boolean[] {false, true}) {
        for (boolean scaled : new boolean[] {false, true}) {
          double[] sum = elements(n, i -> (float) (z[i] + (biased ? bias[i % cols] : 0)));
          Guarded actual = Guarded.of(x);
          Guarded branch = Guarded.of(z);
          kernels.residual(
              actual.floats,
              AT,
              biased ? Guarded.of(bias).floats : null,
              AT,
              scaled ? Guarded.of(gamma).floats : null,
              AT,
              branch.floats,
              AT,
              actual.floats,
              AT,
              ROWS,
              cols);
          assertEach(n, i -> scaled ? sum[i] : z[i], branch);
          assertEach(n, i -> (float) (x[i] + (scaled ? gamma[i % cols] : 1) * sum[i]), actual);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void the_residual_streams_gradient_follows_its_formula(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      int n = ROWS * cols;
      double[] dy = Samples.normal(1, n, 1);
      double[] z = Samples.normal(2, n, 1);
      double[] gamma = Samples.normal(3, cols, 1);
      double[] old = Samples.normal(4, cols, 1);
      for (boolean scaled : new boolean[] {false, true}) {
        double[] dz = elements(n, i -> dy[i] * (scaled ? gamma[i % cols] : 1));
        double[] dGamma = old.clone();
        double[] dBias = old.clone();
        for (int i = 0; i < n; i++) {
          dGamma[i % cols] += dy[i] * z[i];
          dBias[i % cols] += dz[i];
        }
        Guarded actual = Guarded.of(dy); // in place
        Guarded actualGamma = Guarded.of(old);
        Guarded actualBias = Guarded.of(old);
        kernels.residualBackward(
            actual.floats,
            AT,
            Guarded.of(z).floats,
            AT,
            scaled ? Guarded.of(gamma).floats : null,
            AT,
            scaled ? actualGamma.floats : null,
            AT,
            actualBias.floats,
            AT,
            actual.floats,
            AT,
            ROWS,
            cols);
        Supplier where = new Supplier(cols);
        assertWithin(dz, actual.values(), 12 * U, where);
        assertWithin(dBias, actualBias.values(), ROWS * U * 30, where);
        if (scaled) {
          assertWithin(dGamma, actualGamma.values(), ROWS * U * 30, where);
        }
        Guarded copied = Guarded.empty(n);
        kernels.residualBackward(
            Guarded.of(dy).floats,
            AT,
            Guarded.of(z).floats,
            AT,
            scaled ? Guarded.of(gamma).floats : null,
            AT,
            scaled ? actualGamma.floats : null,
            AT,
            null,
            AT,
            copied.floats,
            AT,
            ROWS,
            cols);
        assertArrayEquals(actual.values(), copied.values());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void nan_stays_nan(Kernels kernels) {
    for (int n : Samples.lengths()) {
      double[] x = Samples.normal(1, n, 1);
      x[n - 1] = Double.NaN;
      Floats a = Guarded.of(x).floats;
      Floats b = Guarded.of(Samples.normal(2, n, 1)).floats;
      assertTrue(Double.isNaN(kernels.sum(a, AT, n)));
      assertTrue(Double.isNaN(kernels.dot(a, AT, b, AT, n)));
      assertTrue(Double.isNaN(kernels.sumOfSquares(a, AT, n)));
    }
  }

  private record Supplier(int cols) implements java.util.function.Supplier<String> {
    @Override
    public String get() {
      return "columns " + cols;
    }
  }

  private static double[] elements(int n, IntToDoubleFunction value) {
    double[] values = new double[n];
    Arrays.setAll(values, value);
    return values;
  }

  /** Equal to the last bit. */
  private static void assertEach(int n, IntToDoubleFunction expected, Guarded actual) {
    double[] values = actual.values();
    for (int i = 0; i < n; i++) {
      assertEquals((float) expected.applyAsDouble(i), (float) values[i], "element " + i);
    }
  }
}
