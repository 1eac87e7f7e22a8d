package io.github.dyad.experiment;

import io.github.dyad.data.Splits;

/**
 * A training part with what it was made from.
 *
 * @param part what decides the weights
 * @param teacherFile an absolute path, or a {@code builtin:} name
 * @param splits {@code train} is what is learned
 * @param features whether and how much of the teacher's features to keep on disk
 */
public record TrainingTask(
    TrainingPart part, String teacherFile, Splits splits, FeaturesConfig features) {}
