package io.github.dyad.anomaly;

import io.github.dyad.Require;

/**
 * How the students' disagreement with the teacher becomes a score (ALGORITHM.md, inference).
 *
 * @param classTokens s_E from the last class token (after the final norm), or L_E over all m
 * @param fusion how s_E and s_D are joined
 * @param decoderScore s_D: mean of the map's largest pixels, or L_D
 * @param topShare the share of map pixels in s_D
 * @param temperature τ of p = exp(−s/τ)
 * @param mapSize side of the square anomaly map in pixels
 * @param gaussianSize side of the smoothing kernel in pixels, odd
 * @param gaussianSigma its σ in pixels
 */
public record AnomalyConfig(
    ClassTokens classTokens,
    Fusion fusion,
    DecoderScore decoderScore,
    double topShare,
    double temperature,
    int mapSize,
    int gaussianSize,
    double gaussianSigma) {

  public enum ClassTokens {
    LAST,
    ALL
  }

  public enum DecoderScore {
    TOP_SHARE,
    LOSS
  }

  public static final AnomalyConfig DEFAULTS =
      new AnomalyConfig(
          ClassTokens.LAST, Fusion.NOISY_OR, DecoderScore.TOP_SHARE, 0.01, 1, 256, 5, 4);

  /** The same options with another fusion. */
  public AnomalyConfig withFusion(Fusion other) {
    return new AnomalyConfig(
        classTokens,
        other,
        decoderScore,
        topShare,
        temperature,
        mapSize,
        gaussianSize,
        gaussianSigma);
  }

  /** The same options with other class tokens. */
  public AnomalyConfig withClassTokens(ClassTokens other) {
    return new AnomalyConfig(
        other, fusion, decoderScore, topShare, temperature, mapSize, gaussianSize, gaussianSigma);
  }

  public AnomalyConfig {
    Require.closed("anomaly.topShare", topShare, 1e-9, 1);
    Require.positive("anomaly.temperature", temperature);
    Require.atLeast("anomaly.mapSize", mapSize, 1);
    Require.atLeast("anomaly.gaussianSize", gaussianSize, 1);
    Require.positive("anomaly.gaussianSigma", gaussianSigma);
    if (gaussianSize % 2 == 0) {
      throw new io.github.dyad.InputException(
          "anomaly.gaussianSize is " + gaussianSize + "; expected an odd number");
    }
  }
}
