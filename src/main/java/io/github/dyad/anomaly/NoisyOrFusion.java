package io.github.dyad.anomaly;

import io.github.dyad.distillation.NoisyOr;

/**
 * The paper's: s = 1 − P = (1 − exp(−s_E)) (1 − exp(−s_D)); its rank is log(1 − P), which does not
 * saturate.
 */
public record NoisyOrFusion() implements Fusion {
  @Override
  public String name() {
    return "noisy-or";
  }

  @Override
  public ImageScore of(double encoder, double decoder, double temperature) {
    double e = nonNegative(encoder) / temperature;
    double d = nonNegative(decoder) / temperature;
    return new ImageScore(encoder, decoder, NoisyOr.anomalous(e, d), NoisyOr.logAnomalous(e, d));
  }

  /** Rounding may leave 1 − cos of equal vectors below 0. */
  private static double nonNegative(double s) {
    return s < 0 ? 0 : s;
  }
}
