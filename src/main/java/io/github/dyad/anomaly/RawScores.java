package io.github.dyad.anomaly;

/**
 * What one pass over an image tells, before fusion; NaN for a student that was not trained.
 *
 * @param encoderLast s_E of the last token: MSE(c_T^m, c_E^m)
 * @param encoderAll s_E = L_E, all tokens
 * @param decoderTop s_D, mean of the largest pixels of the anomaly map
 * @param decoderLoss s_D = L_D
 */
public record RawScores(
    double encoderLast, double encoderAll, double decoderTop, double decoderLoss) {}
