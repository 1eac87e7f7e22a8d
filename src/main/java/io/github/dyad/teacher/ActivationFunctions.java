package io.github.dyad.teacher;

/** The activations as the reader tells them apart: by their values. */
final class ActivationFunctions {
  private ActivationFunctions() {}

  /** x·Φ(x). */
  static double gelu(double x) {
    return 0.5 * x * (1 + erf(x / Math.sqrt(2)));
  }

  /** x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))). */
  static double geluTanh(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  /** x·σ(x). */
  static double silu(double x) {
    return x * sigmoid(x);
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /**
   * Error function by its Maclaurin series, |error| &lt; 1e-9 for |x| ≤ 4 (terms fall below 1e-17
   * there, cancellation costs e^(x²)/√π·2^-53), ±1 beyond, where 1 − erf is below 1.6e-8.
   */
  static double erf(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    if (Math.abs(x) > 4) {
      return Math.signum(x);
    }
    double power = x; // (−1)^n x^(2n+1) / n!
    double sum = x;
    for (int n = 1; n < 80; n++) {
      power *= -x * x / n;
      sum += power / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
}
