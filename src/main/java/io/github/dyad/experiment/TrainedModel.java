package io.github.dyad.experiment;

/**
 * What is said of a model once it is trained.
 *
 * @param parameters all weights, the teacher's included, as the paper counts them (Tab. 5)
 * @param iterations optimizer steps it was trained for
 */
public record TrainedModel(long parameters, int iterations) {}
