package io.github.dyad.experiment;

/**
 * What one pass over an image tells, before fusion; NaN for a student that was not trained.
 *
 * @param encoderLast s_E of the class token after the final norm
 * @param encoderAll s_E = L_E, all class tokens
 * @param decoderTop s_D, mean of the largest pixels of the anomaly map
 * @param decoderLoss s_D = L_D
 */
public record RawScores(
    double encoderLast, double encoderAll, double decoderTop, double decoderLoss) {}
