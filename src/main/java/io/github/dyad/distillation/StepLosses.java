package io.github.dyad.distillation;

/**
 * Means over the batch of one step; NaN for a student that is not trained.
 *
 * @param loss of the objective
 * @param encoder L_E
 * @param decoder L_D
 * @param weightEncoder dL/dL_E, Eq. (3)
 * @param weightDecoder dL/dL_D
 * @param learningRate the schedule's
 */
public record StepLosses(
    double loss,
    double encoder,
    double decoder,
    double weightEncoder,
    double weightDecoder,
    double learningRate) {}
