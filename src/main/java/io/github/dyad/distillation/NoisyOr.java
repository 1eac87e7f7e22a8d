package io.github.dyad.distillation;

/**
 * The Noisy-OR of the two students in log space, in double precision (paper, 3.4; ALGORITHM.md,
 * joint objective).
 *
 * <pre>
 * p_E = exp(−L_E),  p_D = exp(−L_D),  P(normal) = 1 − (1 − p_E)(1 − p_D)
 * L = −[ t·log P + (1 − t)·log(1 − P) ]
 * </pre>
 *
 * No value is NaN or, for t = 1, infinite, however small or large the losses are.
 */
public final class NoisyOr {
  private NoisyOr() {}

  /** log(1 − e^(−a)) for a ≥ 0; −∞ at 0. */
  public static double log1mexp(double a) {
    return a < Math.log(2) ? Math.log(-Math.expm1(-a)) : Math.log1p(-Math.exp(-a));
  }

  private static double logAddExp(double a, double b) {
    double high = Math.max(a, b);
    double low = Math.min(a, b);
    return low == Double.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
  }

  /** log P = logaddexp( −L_E, −L_D + log1mexp(L_E) ). */
  public static double logNormal(double lossE, double lossD) {
    return logAddExp(-lossE, -lossD + log1mexp(lossE));
  }

  /** log(1 − P) = log(1 − p_E) + log(1 − p_D): what anomalies are ranked by. */
  public static double logAnomalous(double lossE, double lossD) {
    return log1mexp(lossE) + log1mexp(lossD);
  }

  /** 1 − P = (1 − e^(−L_E))(1 − e^(−L_D)), the anomaly score; reads 1.0 from L ≈ 37 on. */
  public static double anomalous(double lossE, double lossD) {
    return Math.expm1(-lossE) * Math.expm1(-lossD);
  }

  /**
   * Eq. (3) for a normal image: ∂L/∂L_E = (1 − p_D)·p_E/P, the effective weight of the encoder
   * student; with the arguments swapped, of the decoder student.
   */
  public static double weight(double loss, double other) {
    return Math.exp(log1mexp(other) - loss - logNormal(loss, other));
  }

  /** ∂L/∂L_E for a known anomaly (t = 0): −p_E/(1 − p_E) = −1/(e^(L_E) − 1). */
  public static double anomalyWeight(double loss) {
    return -1 / Math.expm1(Math.max(loss, SMALLEST));
  }

  /** A student's part of −log(1 − P) for a known anomaly: −log(1 − p). */
  public static double anomalyLoss(double loss) {
    return -log1mexp(Math.max(loss, SMALLEST));
  }

  /** An anomaly that a student explains perfectly would have infinite loss and gradient. */
  static final double SMALLEST = 1e-6;
}
