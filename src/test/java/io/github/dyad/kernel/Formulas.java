package io.github.dyad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Double precision: formulas that kernels are held against, and the comparison. */
final class Formulas {
  /** Half a unit in the last place of 1: the rounding error of one float32 operation. */
  static final double U = 0x1p-24;

  private Formulas() {}

  /** |expected − actual| ≤ bound, element by element; a failure names place and values. */
  static void assertWithin(
      double[] expected, double[] actual, double bound, Supplier<String> where) {
    assertEquals(expected.length, actual.length, where);
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - actual[i]);
      int at = i;
      assertTrue(
          error <= bound,
          () ->
              where.get()
                  + String.format(
                      ", element %d: expected %.9g, got %.9g, error %.3g > %.3g",
                      at, expected[at], actual[at], error, bound));
    }
  }

  /** Σ_i weights_i · ∂f_i/∂x by central differences. */
  static double[] gradient(UnaryOperator<double[]> f, double[] x, double[] weights) {
    double[] gradient = new double[x.length];
    double[] moved = x.clone();
    for (int i = 0; i < x.length; i++) {
      double h = 1e-5 * Math.max(1, Math.abs(x[i]));
      moved[i] = x[i] + h;
      double up = dot(f.apply(moved), weights);
      moved[i] = x[i] - h;
      double down = dot(f.apply(moved), weights);
      moved[i] = x[i];
      gradient[i] = (up - down) / (2 * h);
    }
    return gradient;
  }

  static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  static double largest(double[] x) {
    double largest = 0;
    for (double value : x) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** Φ: series below 3 standard deviations of erf, continued fraction above. */
  static double normalCdf(double x) {
    return 0.5 * complementaryErf(-x / Math.sqrt(2));
  }

  private static double complementaryErf(double z) {
    if (z < 0) {
      return 2 - complementaryErf(-z);
    }
    if (z < 3) {
      double sum = z;
      double term = z;
      for (int n = 1; Math.abs(term) > 1e-18; n++) {
        term *= -z * z / n;
        sum += term / (2 * n + 1);
      }
      return 1 - 2 / Math.sqrt(Math.PI) * sum;
    }
    double fraction = 0;
    for (int k = 80; k > 0; k--) {
      fraction = k / 2.0 / (z + fraction);
    }
    return Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction);
  }

  static double gelu(double x) {
    return x * normalCdf(x);
  }

  static double geluDerivative(double x) {
    return normalCdf(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  static double phi(double u) {
    return u > 0 ? u + 1 : Math.exp(u);
  }

  /**
   * Rows of {@code cols}, normalized and mapped; parameters γ and β behind them in {@code input}.
   */
  static double[] layerNorm(double[] input, int rows, int cols, double epsilon) {
    double[] y = new double[rows * cols];
    for (int r = 0; r < rows; r++) {
      double mean = 0;
      for (int i = 0; i < cols; i++) {
        mean += input[r * cols + i] / cols;
      }
      double variance = 0;
      for (int i = 0; i < cols; i++) {
        variance += Math.pow(input[r * cols + i] - mean, 2) / cols;
      }
      for (int i = 0; i < cols; i++) {
        double normal = (input[r * cols + i] - mean) / Math.sqrt(variance + epsilon);
        y[r * cols + i] = normal * input[rows * cols + i] + input[(rows + 1) * cols + i];
      }
    }
    return y;
  }

  static double[] softmax(double[] x, int rows, int cols) {
    double[] y = new double[rows * cols];
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int i = 0; i < cols; i++) {
        sum += Math.exp(x[r * cols + i]);
      }
      for (int i = 0; i < cols; i++) {
        y[r * cols + i] = Math.exp(x[r * cols + i]) / sum;
      }
    }
    return y;
  }
}
