package io.github.dyad.anomaly;

import io.github.dyad.anomaly.AnomalyConfig.ClassTokens;
import io.github.dyad.anomaly.AnomalyConfig.DecoderScore;

/**
 * An image's score, higher is more anomalous (paper, 3.5; ALGORITHM.md, inference).
 *
 * <pre>s(x) = 1 − P = (1 − exp(−s_E)) (1 − exp(−s_D))</pre>
 *
 * @param encoder the s_E that was fused; NaN where the encoder student was not trained
 * @param decoder the s_D that was fused; NaN where the decoder student was not trained
 * @param score as printed: 1 − P, or the sum, or one student's score
 * @param rank orders as {@code score} does, but does not saturate: log(1 − P) in double precision
 */
public record ImageScore(double encoder, double decoder, double score, double rank) {

  /** Fuses one image's raw scores. */
  public static ImageScore of(RawScores raw, AnomalyConfig config) {
    if (!Double.isNaN(raw.method())) {
      return new ImageScore(Double.NaN, Double.NaN, raw.method(), raw.method());
    }
    double e = config.classTokens() == ClassTokens.LAST ? raw.encoderLast() : raw.encoderAll();
    double d =
        config.decoderScore() == DecoderScore.TOP_SHARE ? raw.decoderTop() : raw.decoderLoss();
    return config.fusion().of(e, d, config.temperature());
  }
}
