package io.github.dyad.kernel;

import static io.github.dyad.kernel.Formulas.U;
import static io.github.dyad.kernel.Formulas.assertWithin;
import static io.github.dyad.kernel.Guarded.AT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class GemmTest {
  private static final boolean[] BOTH = {false, true};

  @Test
  void products_follow_their_formula_for_every_transposition_stride_and_beta() {
    int[][] sizes = {{1, 1, 1}, {5, 7, 3}, {69, 64, 33}, {100, 17, 1100}};
    for (int[] size : sizes) {
      for (boolean transposeA : BOTH) {
        for (boolean transposeB : BOTH) {
          for (float beta : new float[] {0, 1, 0.5f}) {
            check(size[0], size[1], size[2], transposeA, transposeB, beta);
          }
        }
      }
    }
  }

  private static void check(int m, int n, int k, boolean ta, boolean tb, float beta) {
    int aStride = (ta ? m : k) + 2;
    int bStride = (tb ? k : n) + 1;
    int cStride = n + 3;
    double[] a = Samples.normal(1, (ta ? k : m) * aStride, 1);
    double[] b = Samples.normal(2, (tb ? n : k) * bStride, 1);
    double[] c = Samples.normal(3, m * cStride, 1);
    double[] expected = c.clone();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum +=
              a[ta ? p * aStride + i : i * aStride + p] * b[tb ? j * bStride + p : p * bStride + j];
        }
        expected[i * cStride + j] = 1.5 * sum + beta * c[i * cStride + j];
      }
    }
    Guarded actual = Guarded.of(c);
    Gemm.multiply(
        ta,
        tb,
        m,
        n,
        k,
        1.5f,
        Guarded.of(a).floats,
        AT,
        aStride,
        Guarded.of(b).floats,
        AT,
        bStride,
        beta,
        actual.floats,
        AT,
        cStride);
    double bound = U * 1.5 * k * 4 + 1e-6;
    assertWithin(
        expected, actual.values(), bound, () -> m + "×" + n + "×" + k + " " + ta + " " + tb);
  }

  @Test
  void the_three_products_of_a_linear_layer_are_transposed_as_they_say() {
    int rows = 6;
    int in = 5;
    int out = 3;
    double[] x = Samples.normal(1, rows * in, 1);
    double[] w = Samples.normal(2, out * in, 1);
    double[] dy = Samples.normal(3, rows * out, 1);
    double[] y = new double[rows * out];
    double[] dx = new double[rows * in];
    double[] dw = new double[out * in];
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
          y[r * out + o] += x[r * in + i] * w[o * in + i];
          dx[r * in + i] += dy[r * out + o] * w[o * in + i];
          dw[o * in + i] += dy[r * out + o] * x[r * in + i];
        }
      }
    }
    Floats xs = Guarded.of(x).floats;
    Floats ws = Guarded.of(w).floats;
    Floats dys = Guarded.of(dy).floats;
    Guarded actual = Guarded.empty(y.length);
    Gemm.linear(xs, AT, ws, AT, actual.floats, AT, rows, in, out);
    assertWithin(y, actual.values(), 1e-6, () -> "y");
    actual = Guarded.empty(dx.length);
    Gemm.linearInputGradient(dys, AT, ws, AT, actual.floats, AT, rows, in, out);
    assertWithin(dx, actual.values(), 1e-6, () -> "dx");
    actual = Guarded.empty(dw.length);
    Gemm.linearWeightGradient(dys, AT, xs, AT, actual.floats, AT, false, rows, in, out);
    assertWithin(dw, actual.values(), 1e-6, () -> "dW");
    Gemm.linearWeightGradient(dys, AT, xs, AT, actual.floats, AT, true, rows, in, out);
    for (int i = 0; i < dw.length; i++) {
      dw[i] *= 2;
    }
    assertWithin(dw, actual.values(), 2e-6, () -> "dW twice");
  }

  @Test
  void operands_that_do_not_fit_their_memory_are_refused() {
    Floats small = Floats.allocate(11);
    Floats large = Floats.allocate(100);
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Gemm.multiply(false, false, 3, 4, 2, 1, large, 0, 2, large, 0, 4, 0, small, 0, 4));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Gemm.multiply(false, false, 3, 4, 2, 1, large, 0, 1, large, 0, 4, 0, large, 0, 4));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Gemm.multiply(false, false, 3, 4, 2, 1, large, -1, 2, large, 0, 4, 0, large, 0, 4));
  }

  @Test
  void the_same_product_has_the_same_bits_from_any_thread_at_any_time() {
    int m = 138;
    int n = 192;
    int k = 2500;
    Floats a = floats(1, k * m);
    Floats b = floats(2, k * n);
    Floats first = Floats.allocate((long) m * n);
    Gemm.multiply(true, false, m, n, k, 1, a, 0, m, b, 0, n, 0, first, 0, n);
    int tasks = 40;
    float[][] results = new float[tasks][];
    try (Workers workers = new Workers(4)) {
      workers.run(
          tasks,
          task -> {
            Floats c = Floats.allocate((long) m * n);
            Gemm.multiply(true, false, m, n, k, 1, a, 0, m, b, 0, n, 0, c, 0, n);
            results[task] = c.toArray();
          });
    }
    for (float[] result : results) {
      assertArrayEquals(first.toArray(), result);
    }
  }

  private static Floats floats(long seed, int count) {
    double[] values = Samples.normal(seed, count, 1);
    Floats floats = Floats.allocate(count);
    for (int i = 0; i < count; i++) {
      floats.set(i, (float) values[i]);
    }
    return floats;
  }
}
