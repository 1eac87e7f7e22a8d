package io.github.dyad.kernel;

import static io.github.dyad.kernel.Formulas.U;
import static io.github.dyad.kernel.Formulas.assertWithin;
import static io.github.dyad.kernel.Formulas.largest;
import static io.github.dyad.kernel.Guarded.AT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layer norm and softmax against double precision, gradients against central differences. */
class NormalizationKernelsTest {
  private static final int ROWS = 3;
  private static final double EPSILON = 1e-6;

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void layer_norm_follows_its_formula_far_from_zero_too(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      for (double offset : new double[] {0, 50}) {
        double[] x = Samples.normal(cols, ROWS * cols, 2);
        Arrays.setAll(x, i -> (float) (x[i] + offset));
        Parameters p = new Parameters(cols);
        double[] expected = Formulas.layerNorm(p.with(x), ROWS, cols, EPSILON);
        Guarded y = Guarded.empty(ROWS * cols);
        Guarded stats = Guarded.empty(2 * ROWS);
        kernels.layerNorm(
            Guarded.of(x).floats,
            AT,
            p.gamma(),
            AT,
            p.beta(),
            AT,
            EPSILON,
            y.floats,
            AT,
            stats.floats,
            AT,
            ROWS,
            cols);
        stats.values();
        if (cols > 1 || offset == 0) { // one column: 0/√ε, and the mean's own rounding shows
          double bound = (16 + 4 * offset) * U * Math.max(4, largest(expected));
          assertWithin(expected, y.values(), bound, () -> cols + " columns at " + offset);
        }
        Guarded alone = Guarded.empty(ROWS * cols);
        kernels.layerNorm(
            Guarded.of(x).floats,
            AT,
            p.gamma(),
            AT,
            p.beta(),
            AT,
            EPSILON,
            alone.floats,
            AT,
            null,
            0,
            ROWS,
            cols);
        assertArrayEquals(y.values(), alone.values());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void layer_norm_has_the_gradient_of_its_formula(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      if (cols == 1 || cols > 200) { // one column has gradient 0 of 1/√ε: cancellation alone
        continue;
      }
      int n = ROWS * cols;
      double[] x = Samples.normal(cols, n, 2);
      double[] dy = Samples.normal(-cols, n, 1);
      double[] before = Samples.normal(77, n, 1);
      Parameters p = new Parameters(cols);
      double[] expected =
          Formulas.gradient(z -> Formulas.layerNorm(z, ROWS, cols, EPSILON), p.with(x), dy);
      Floats xs = Guarded.of(x).floats;
      Guarded stats = Guarded.empty(2 * ROWS);
      kernels.layerNorm(
          xs,
          AT,
          p.gamma(),
          AT,
          p.beta(),
          AT,
          EPSILON,
          Guarded.empty(n).floats,
          AT,
          stats.floats,
          AT,
          ROWS,
          cols);
      for (boolean accumulate : new boolean[] {false, true}) {
        Guarded dGamma = Guarded.of(new double[cols]);
        Guarded dBeta = Guarded.of(new double[cols]);
        Guarded dx = Guarded.of(accumulate ? before : dy); // else in place of dy
        Guarded gradient = accumulate ? Guarded.of(dy) : dx;
        kernels.layerNormBackward(
            xs,
            AT,
            p.gamma(),
            AT,
            stats.floats,
            AT,
            gradient.floats,
            AT,
            dx.floats,
            AT,
            accumulate,
            dGamma.floats,
            AT,
            dBeta.floats,
            AT,
            ROWS,
            cols);
        double[] dxExpected = Arrays.copyOf(expected, n);
        if (accumulate) {
          Arrays.setAll(dxExpected, i -> dxExpected[i] + before[i]);
        }
        double bound = 1e-5 * Math.max(1, largest(expected));
        assertWithin(dxExpected, dx.values(), bound, () -> cols + " columns, dx");
        assertWithin(
            Arrays.copyOfRange(expected, n, n + cols), dGamma.values(), bound, () -> "dGamma");
        assertWithin(
            Arrays.copyOfRange(expected, n + cols, n + 2 * cols),
            dBeta.values(),
            bound,
            () -> "dBeta");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void parameter_gradients_add_to_what_is_there(Kernels kernels) {
    int cols = 20;
    int rows = 19; // more than one block of rows
    double[] x = Samples.normal(1, rows * cols, 1);
    double[] dy = Samples.normal(2, rows * cols, 1);
    Parameters p = new Parameters(cols);
    Guarded stats = Guarded.empty(2 * rows);
    Floats xs = Guarded.of(x).floats;
    kernels.layerNorm(
        xs,
        AT,
        p.gamma(),
        AT,
        p.beta(),
        AT,
        EPSILON,
        Guarded.empty(rows * cols).floats,
        AT,
        stats.floats,
        AT,
        rows,
        cols);
    Guarded dGamma = Guarded.of(new double[cols]);
    Guarded dBeta = Guarded.of(new double[cols]);
    Guarded dx = Guarded.empty(rows * cols);
    for (int r : new int[] {0, 10}) { // in two ranges of rows
      int part = r == 0 ? 10 : rows - 10;
      kernels.layerNormBackward(
          xs,
          AT + r * cols,
          p.gamma(),
          AT,
          stats.floats,
          AT + 2 * r,
          Guarded.of(dy).floats,
          AT + r * cols,
          dx.floats,
          AT + r * cols,
          false,
          dGamma.floats,
          AT,
          dBeta.floats,
          AT,
          part,
          cols);
    }
    double[] beta = new double[cols];
    double[] gamma = new double[cols];
    double[] unscaled = p.with(x);
    Arrays.fill(unscaled, rows * cols, (rows + 1) * cols, 1);
    Arrays.fill(unscaled, (rows + 1) * cols, (rows + 2) * cols, 0);
    double[] normal = Formulas.layerNorm(unscaled, rows, cols, EPSILON);
    for (int i = 0; i < rows * cols; i++) {
      beta[i % cols] += dy[i];
      gamma[i % cols] += dy[i] * normal[i];
    }
    assertWithin(beta, dBeta.values(), rows * U * 20, () -> "dBeta");
    assertWithin(gamma, dGamma.values(), rows * U * 40, () -> "dGamma");
    dx.values();
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void softmax_and_its_gradient_follow_their_formula(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      if (cols > 200) {
        continue;
      }
      int n = ROWS * cols;
      int stride = cols + 3;
      double[] x = Samples.normal(cols, n, 4);
      double[] dy = Samples.normal(-cols, n, 1);
      double[] expected = Formulas.softmax(x, ROWS, cols);
      double[] gradient = Formulas.gradient(z -> Formulas.softmax(z, ROWS, cols), x, dy);
      Guarded p = Guarded.of(spread(x, cols, stride));
      kernels.softmax(p.floats, AT, stride, ROWS, cols);
      assertWithin(spread(expected, cols, stride), p.values(), 12 * U, () -> "columns " + cols);
      Guarded dp = Guarded.of(spread(dy, cols, stride));
      kernels.softmaxBackward(p.floats, AT, dp.floats, AT, stride, ROWS, cols);
      assertWithin(spread(gradient, cols, stride), dp.values(), 1e-6, () -> "columns " + cols);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void attentions_two_step_softmax_agrees_with_softmax(Kernels kernels) {
    for (int cols : Samples.lengths()) {
      int stride = AttentionShape.roundUp(cols);
      double[] x = Samples.normal(cols, ROWS * cols, 4);
      double[] dy = Samples.normal(-cols, ROWS * cols, 1);
      double[] expected = Formulas.softmax(x, ROWS, cols);
      Guarded s = Guarded.of(spread(x, cols, stride));
      Guarded sums = Guarded.empty(ROWS);
      Guarded logSums = Guarded.empty(ROWS);
      kernels.softmaxNumerators(
          s.floats, AT, stride, sums.floats, AT, logSums.floats, AT, ROWS, cols);
      double[] deltas = new double[ROWS];
      double[] gradient = new double[ROWS * cols];
      for (int r = 0; r < ROWS; r++) {
        double exponentials = 0;
        for (int i = 0; i < cols; i++) {
          int at = r * cols + i;
          double p = s.values()[r * stride + i] / sums.values()[r];
          assertEquals(expected[at], p, 12 * U, "columns " + cols);
          exponentials += Math.exp(x[at]);
          deltas[r] += expected[at] * dy[at];
        }
        assertEquals(Math.log(exponentials), logSums.values()[r], 32 * U, "columns " + cols);
        for (int i = r * cols; i < (r + 1) * cols; i++) {
          gradient[i] = expected[i] * (dy[i] - deltas[r]);
        }
      }
      Guarded scores = Guarded.of(spread(x, cols, stride));
      Guarded dp = Guarded.of(spread(dy, cols, stride));
      kernels.softmaxScoresBackward(
          scores.floats,
          AT,
          dp.floats,
          AT,
          stride,
          logSums.floats,
          AT,
          Guarded.of(deltas).floats,
          AT,
          ROWS,
          cols);
      assertWithin(expected, gathered(scores.values(), cols, stride), 1e-6, () -> "p");
      assertWithin(gradient, gathered(dp.values(), cols, stride), 4e-6, () -> "ds");
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void softmax_survives_large_scores_and_shows_nan(Kernels kernels) {
    for (int cols : new int[] {2, 16, 37}) {
      double[] x = new double[cols];
      Arrays.setAll(x, i -> i == cols - 1 ? 3e4 : -3e4);
      Guarded s = Guarded.of(x);
      kernels.softmax(s.floats, AT, cols, 1, cols);
      assertEquals(1, s.values()[cols - 1]);
      assertEquals(0, s.values()[0]);
      x[0] = Double.NaN;
      s = Guarded.of(x);
      kernels.softmax(s.floats, AT, cols, 1, cols);
      assertTrue(Double.isNaN(s.values()[cols - 1]));
    }
  }

  /** γ and β of a layer norm. */
  private static final class Parameters {
    private final double[] gamma;
    private final double[] beta;

    Parameters(int cols) {
      gamma = Samples.normal(101, cols, 1);
      beta = Samples.normal(102, cols, 1);
    }

    Floats gamma() {
      return Guarded.of(gamma).floats;
    }

    Floats beta() {
      return Guarded.of(beta).floats;
    }

    double[] with(double[] x) {
      double[] all = Arrays.copyOf(x, x.length + 2 * gamma.length);
      System.arraycopy(gamma, 0, all, x.length, gamma.length);
      System.arraycopy(beta, 0, all, x.length + gamma.length, gamma.length);
      return all;
    }
  }

  /** Rows moved apart, with 0.25 between them. */
  private static double[] spread(double[] x, int cols, int stride) {
    double[] rows = new double[x.length / cols * stride];
    Arrays.fill(rows, 0.25);
    for (int i = 0; i < x.length; i++) {
      rows[i / cols * stride + i % cols] = x[i];
    }
    return rows;
  }

  private static double[] gathered(double[] rows, int cols, int stride) {
    double[] x = new double[rows.length / stride * cols];
    Arrays.setAll(x, i -> rows[i / cols * stride + i % cols]);
    return x;
  }
}
