package io.github.dyad.distillation;

import io.github.dyad.Require;

/**
 * What is minimised (ALGORITHM.md, students and joint objective).
 *
 * @param objective how the two students' losses are joined
 * @param temperature τ of p = exp(−L/τ)
 * @param distilledTokens what the encoder student follows (Tab. 11)
 * @param classTokenReduction MSE of Eq. (2): mean over D, or sum
 * @param classTokenSet all m = K+1 class tokens, or those of the K blocks only
 * @param classTokenNormalization class tokens as they are, or layer-normed (no affine) on both
 *     sides
 * @param hardMining the decoder's well-reconstructed patches get a reduced gradient
 * @param hardMiningShare p, the share of patches with the reduced gradient at the end of the ramp
 * @param hardMiningRamp iterations over which p rises linearly from 0; 0: it has its share at once
 * @param hardMiningFactor the reduced gradient's factor
 */
public record ObjectiveConfig(
    Objective objective,
    double temperature,
    DistilledTokens distilledTokens,
    Reduction classTokenReduction,
    ClassTokenSet classTokenSet,
    Normalization classTokenNormalization,
    boolean hardMining,
    double hardMiningShare,
    int hardMiningRamp,
    double hardMiningFactor) {

  public enum Objective {
    NOISY_OR,
    SUM,
    ENCODER_ONLY,
    DECODER_ONLY;

    public boolean trainsEncoder() {
      return this != DECODER_ONLY;
    }

    public boolean trainsDecoder() {
      return this != ENCODER_ONLY;
    }
  }

  public enum DistilledTokens {
    CLASS,
    PATCH
  }

  public enum Reduction {
    MEAN,
    SUM
  }

  public enum ClassTokenSet {
    BLOCKS_AND_NORM,
    BLOCKS
  }

  public enum Normalization {
    RAW,
    LAYER_NORM
  }

  public static final ObjectiveConfig DEFAULTS =
      new ObjectiveConfig(
          Objective.NOISY_OR,
          1,
          DistilledTokens.CLASS,
          Reduction.MEAN,
          ClassTokenSet.BLOCKS_AND_NORM,
          Normalization.RAW,
          true,
          0.9,
          1000,
          0.1);

  public ObjectiveConfig {
    Require.positive("objective.temperature", temperature);
    Require.halfOpen("objective.hardMiningShare", hardMiningShare, 0, 1);
    Require.atLeast("objective.hardMiningRamp", hardMiningRamp, 0);
    Require.closed("objective.hardMiningFactor", hardMiningFactor, 0, 1);
  }

  /**
   * Loss of a normal image; that of the noisy-or is − log P(normal).
   *
   * @param lossEncoder L_E, passed over where the encoder student is not trained
   * @param lossDecoder L_D, passed over where the decoder student is not trained
   */
  public double normalLoss(double lossEncoder, double lossDecoder) {
    return switch (objective) {
      case NOISY_OR ->
          -NoisyOr.logNormal(
              Math.max(0, lossEncoder) / temperature, Math.max(0, lossDecoder) / temperature);
      case SUM -> lossEncoder + lossDecoder;
      case ENCODER_ONLY -> lossEncoder;
      case DECODER_ONLY -> lossDecoder;
    };
  }
}
