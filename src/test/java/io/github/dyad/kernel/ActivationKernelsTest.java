package io.github.dyad.kernel;

import static io.github.dyad.kernel.Formulas.U;
import static io.github.dyad.kernel.Formulas.assertWithin;
import static io.github.dyad.kernel.Guarded.AT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Activations over a dense grid against double precision. Worst errors seen in 2^20 points, vector
 * path: gelu 2.9 u·|x| near 0.28, its derivative 3.0 u near 0.05, eˣ 1.4 u relative near −17.
 */
class ActivationKernelsTest {
  private static final int POINTS = 40_003;

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void gelu_is_within_4_roundings_of_x(Kernels kernels) {
    assertOnGrid(
        -15, 15, (x, y) -> kernels.gelu(x, AT, y, AT, POINTS), Formulas::gelu, x -> 4 * U * x);
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void gelus_derivative_is_within_4_roundings(Kernels kernels) {
    Floats ones = Guarded.of(new double[POINTS]).floats;
    for (int i = 0; i < POINTS; i++) {
      ones.set(AT + i, 1);
    }
    assertOnGrid(
        -15,
        15,
        (x, y) -> kernels.geluBackward(x, AT, ones, AT, y, AT, POINTS),
        Formulas::geluDerivative,
        x -> 4 * U);
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void elu_plus_one_is_within_2_roundings_and_0_where_it_underflows(Kernels kernels) {
    assertOnGrid(
        -110,
        30,
        (x, y) -> kernels.eluPlusOne(x, AT, POINTS, y, AT, POINTS, 1, POINTS),
        Formulas::phi,
        x -> 2 * U * Formulas.phi(x) + 0x1p-126);
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void swiglu_is_within_4_roundings_of_gate_times_value(Kernels kernels) {
    assertOnGrid(
        -120,
        120,
        (x, y) -> {
          Floats both = Floats.allocate(2L * POINTS);
          kernels.copy(x, AT, both, 0, POINTS);
          for (int i = 0; i < POINTS; i++) {
            both.set(POINTS + i, 1.5f);
          }
          kernels.biasSwiGlu(null, 0, both, 0, y, AT, 1, POINTS);
        },
        x -> 1.5 * x / (1 + Math.exp(-x)),
        x -> 4 * U * 1.5 * x);
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void any_length_and_every_row_gets_its_bias(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      int rows = 3;
      double[] x = Samples.normal(cols, rows * cols, 2);
      double[] bias = Samples.normal(-cols, cols, 1);
      double[] biased = new double[x.length];
      double[] gelu = new double[x.length];
      double[] derivative = new double[x.length];
      double[] gradient = new double[x.length];
      double[] dy = Samples.normal(5, x.length, 1);
      for (int i = 0; i < x.length; i++) {
        biased[i] = (float) (x[i] + bias[i % cols]);
        gelu[i] = Formulas.gelu(biased[i]);
        derivative[i] = Formulas.geluDerivative(biased[i]);
        gradient[i] = dy[i] * derivative[i];
      }
      Guarded pre = Guarded.of(x);
      Guarded y = Guarded.empty(x.length);
      Floats biases = Guarded.of(bias).floats;
      kernels.biasGelu(biases, AT, pre.floats, AT, y.floats, AT, rows, cols);
      assertArrayEquals(biased, pre.values());
      assertWithin(gelu, y.values(), 4 * U * 10, () -> "columns " + cols);

      Guarded dx = Guarded.of(dy); // in place
      kernels.geluBackward(pre.floats, AT, dx.floats, AT, dx.floats, AT, x.length);
      assertWithin(gradient, dx.values(), 5 * U * 5, () -> "columns " + cols);

      pre = Guarded.of(x);
      Guarded same = Guarded.empty(x.length);
      kernels.biasGeluDerivative(biases, AT, pre.floats, AT, same.floats, AT, rows, cols);
      assertArrayEquals(y.values(), same.values());
      assertWithin(derivative, pre.values(), 4 * U, () -> "columns " + cols);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void swiglu_takes_gate_and_value_of_its_own_row_and_bias(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      int rows = 3;
      double[] x = Samples.normal(cols, rows * 2 * cols, 2);
      double[] bias = Samples.normal(-cols, 2 * cols, 1);
      double[] expected = new double[rows * cols];
      for (int i = 0; i < expected.length; i++) {
        int row = i / cols * 2 * cols;
        double a = x[row + i % cols] + bias[i % cols];
        expected[i] = a / (1 + Math.exp(-a)) * (x[row + cols + i % cols] + bias[cols + i % cols]);
      }
      Guarded y = Guarded.empty(expected.length);
      kernels.biasSwiGlu(
          Guarded.of(bias).floats, AT, Guarded.of(x).floats, AT, y.floats, AT, rows, cols);
      assertWithin(expected, y.values(), 8 * U * 60, () -> "columns " + cols);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void elu_plus_one_and_its_gradient_work_on_rows_with_strides(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      int rows = 3;
      int xStride = cols + 1;
      int yStride = cols + 4;
      double[] x = Samples.normal(cols, rows * xStride, 2);
      double[] phi = Samples.normal(1, rows * yStride, 1);
      double[] dphi = Samples.normal(2, rows * yStride, 1);
      double[] old = Samples.normal(3, rows * xStride, 1);
      double[] gradient = old.clone();
      Guarded actual = Guarded.of(phi);
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < cols; i++) {
          double v = x[r * xStride + i];
          phi[r * yStride + i] = Formulas.phi(v);
          gradient[r * xStride + i] = dphi[r * yStride + i] * (v > 0 ? 1 : Math.exp(v));
        }
      }
      kernels.eluPlusOne(Guarded.of(x).floats, AT, xStride, actual.floats, AT, yStride, rows, cols);
      assertWithin(phi, actual.values(), 2 * U * 10, () -> "columns " + cols);
      Guarded dx = Guarded.of(old);
      kernels.eluPlusOneBackward(
          actual.floats,
          AT,
          yStride,
          Guarded.of(dphi).floats,
          AT,
          yStride,
          dx.floats,
          AT,
          xStride,
          rows,
          cols);
      assertWithin(gradient, dx.values(), 4 * U * 5, () -> "columns " + cols);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void nan_stays_nan_and_infinity_has_its_limit(Kernels kernels) {
    for (int n : new int[] {1, 16, 33}) {
      double[] x = new double[n];
      x[n / 2] = Double.NaN;
      Floats xs = Guarded.of(x).floats;
      Guarded y = Guarded.empty(n);
      kernels.gelu(xs, AT, y.floats, AT, n);
      assertTrue(Double.isNaN(y.values()[n / 2]));
      y = Guarded.of(new double[n]);
      kernels.geluBackward(xs, AT, y.floats, AT, y.floats, AT, n);
      assertTrue(Double.isNaN(y.values()[n / 2]));
      y = Guarded.empty(n);
      kernels.eluPlusOne(xs, AT, n, y.floats, AT, n, 1, n);
      assertTrue(Double.isNaN(y.values()[n / 2]));
      x[n / 2] = Double.POSITIVE_INFINITY;
      kernels.gelu(Guarded.of(x).floats, AT, y.floats, AT, n);
      assertEquals(Double.POSITIVE_INFINITY, y.values()[n / 2]);
      x[n / 2] = Double.NEGATIVE_INFINITY;
      kernels.eluPlusOne(Guarded.of(x).floats, AT, n, y.floats, AT, n, 1, n);
      assertEquals(0, y.values()[n / 2]);
    }
  }

  @Test
  void the_vector_path_is_tested_here_and_not_the_scalar_one_twice() {
    assertTrue(Kernels.active().name().startsWith("vector-"), Kernels.active().name());
  }

  private interface Function {
    void apply(Floats x, Floats y);
  }

  private static void assertOnGrid(
      double low,
      double high,
      Function kernel,
      DoubleUnaryOperator formula,
      DoubleUnaryOperator bound) {
    double[] x = new double[POINTS];
    for (int i = 0; i < POINTS; i++) {
      x[i] = (float) (low + (high - low) * i / (POINTS - 1));
    }
    Guarded y = Guarded.empty(POINTS);
    kernel.apply(Guarded.of(x).floats, y.floats);
    double[] actual = y.values();
    for (int i = 0; i < POINTS; i++) {
      assertEquals(
          formula.applyAsDouble(x[i]),
          actual[i],
          Math.abs(bound.applyAsDouble(x[i])) + Float.MIN_VALUE,
          "x = " + x[i]);
    }
  }
}
