package io.github.dyad.distillation;

import java.util.List;

/**
 * One image's contribution to the objective, in double precision: its value and, by Eq. (3), the
 * effective weights dL/dL_E and dL/dL_D.
 *
 * <p>"sum" and the single students are the cross-entropy of each student's own p = exp(−L/τ): L/τ
 * for a normal image, −log(1 − p) for a known anomaly.
 *
 * @param loss −[t·log P + (1 − t)·log(1 − P)]
 * @param weightE 0 where the encoder student is not trained
 * @param weightD 0 where the decoder student is not trained
 */
record JointObjective(double loss, double weightE, double weightD) {
  /** The objectives that are taken here, in log space; any other is composed as it says itself. */
  static final List<Objective> TAKEN =
      List.of(Objective.NOISY_OR, Objective.SUM, Objective.ENCODER_ONLY, Objective.DECODER_ONLY);

  /**
   * @param lossE L_E ≥ 0; rounding below 0 counts as 0
   * @param lossD L_D ≥ 0
   * @param normal t, 1 or 0
   */
  static JointObjective of(
      Objective objective, double temperature, double lossE, double lossD, double normal) {
    double a = nonNegative(lossE) / temperature;
    double b = nonNegative(lossD) / temperature;
    boolean e = objective.trainsEncoder();
    boolean d = objective.trainsDecoder();
    double loss;
    double weightE;
    double weightD;
    if (normal == 0) { // 1 − P = (1 − p_E)(1 − p_D) for all objectives
      loss = (e ? NoisyOr.anomalyLoss(a) : 0) + (d ? NoisyOr.anomalyLoss(b) : 0);
      weightE = e ? NoisyOr.anomalyWeight(a) : 0;
      weightD = d ? NoisyOr.anomalyWeight(b) : 0;
    } else if (objective.equals(Objective.NOISY_OR)) {
      loss = -NoisyOr.logNormal(a, b);
      weightE = NoisyOr.weight(a, b);
      weightD = NoisyOr.weight(b, a);
    } else {
      loss = (e ? a : 0) + (d ? b : 0);
      weightE = e ? 1 : 0;
      weightD = d ? 1 : 0;
    }
    return new JointObjective(loss, weightE / temperature, weightD / temperature);
  }

  /** NaN stays NaN: the training has to notice. */
  private static double nonNegative(double loss) {
    return loss < 0 ? 0 : loss;
  }
}
