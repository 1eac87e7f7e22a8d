package io.github.dyad.experiment;

/**
 * One optimizer step, as the training curves show it. A student that is not trained has loss and
 * weight NaN.
 *
 * @param step from 0
 * @param loss mean over the batch of what is minimised
 * @param lossEncoder L_E, Eq. (2), mean over the batch
 * @param lossDecoder L_D, Eq. (1), mean over the batch
 * @param weightEncoder w_E = dL/dL_E, Eq. (3), mean over the batch
 * @param weightDecoder w_D = dL/dL_D
 * @param learningRate the schedule's rate of this step
 */
public record TrainingStep(
    int step,
    double loss,
    double lossEncoder,
    double lossDecoder,
    double weightEncoder,
    double weightDecoder,
    double learningRate) {}
