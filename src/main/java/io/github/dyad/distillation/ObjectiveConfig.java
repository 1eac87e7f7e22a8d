package io.github.dyad.distillation;

import io.github.dyad.Require;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

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

  /** The same options with another objective. */
  public ObjectiveConfig withObjective(Objective other) {
    return new ObjectiveConfig(
        other,
        temperature,
        distilledTokens,
        classTokenReduction,
        classTokenSet,
        classTokenNormalization,
        hardMining,
        hardMiningShare,
        hardMiningRamp,
        hardMiningFactor);
  }

  /**
   * Loss of a normal image; that of the noisy-or is − log P(normal).
   *
   * @param lossEncoder L_E, passed over where the encoder student is not trained
   * @param lossDecoder L_D, passed over where the decoder student is not trained
   */
  public double normalLoss(double lossEncoder, double lossDecoder) {
    if (objective.equals(Objective.NOISY_OR)) {
      return -NoisyOr.logNormal(
          Math.max(0, lossEncoder) / temperature, Math.max(0, lossDecoder) / temperature);
    }
    if (objective.equals(Objective.SUM)) {
      return lossEncoder + lossDecoder;
    }
    if (objective.equals(Objective.ENCODER_ONLY)) {
      return lossEncoder;
    }
    if (objective.equals(Objective.DECODER_ONLY)) {
      return lossDecoder;
    }
    SameDiff graph = SameDiff.create();
    SDVariable encoder =
        objective.trainsEncoder() ? one(graph, "encoder", lossEncoder / temperature) : null;
    SDVariable decoder =
        objective.trainsDecoder() ? one(graph, "decoder", lossDecoder / temperature) : null;
    return objective.of(encoder, decoder, one(graph, "normal", 1)).eval().getDouble(0);
  }

  private static SDVariable one(SameDiff graph, String name, double value) {
    return graph.constant(name, Nd4j.createFromArray((float) value));
  }
}
