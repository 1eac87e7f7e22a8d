package io.github.dyad.anomaly;

/**
 * What one pass over an image tells, before fusion; NaN for what is not there.
 *
 * @param encoderLast s_E of the last token: MSE(c_T^m, c_E^m)
 * @param encoderAll s_E = L_E, all tokens
 * @param decoderTop s_D, mean of the largest pixels of the anomaly map
 * @param decoderLoss s_D = L_D
 * @param method the score of a method in the two students' place, which no fusion changes
 */
public record RawScores(
    double encoderLast, double encoderAll, double decoderTop, double decoderLoss, double method) {

  /** Of the two students. */
  public RawScores(double encoderLast, double encoderAll, double decoderTop, double decoderLoss) {
    this(encoderLast, encoderAll, decoderTop, decoderLoss, Double.NaN);
  }

  /** Of a method in the two students' place. */
  public static RawScores ofMethod(double score) {
    return new RawScores(Double.NaN, Double.NaN, Double.NaN, Double.NaN, score);
  }
}
