package io.github.dyad.experiment;

import java.util.List;

/**
 * Follows a run; called on the runner's thread. A label is for people: trial and split. What a
 * listener does not override it does not hear.
 */
public interface RunListener {
  /** Hears nothing. */
  RunListener SILENT = new RunListener() {};

  /**
   * Called once, before anything is computed.
   *
   * @param trials in the grid
   * @param rows in the grid
   * @param missingRows of these that are not finished
   * @param missingTrainings trainings that the missing rows need and that are not finished
   * @param work {@link #worked} will be called for so much, if no other run helps
   */
  default void planned(int trials, int rows, int missingRows, int missingTrainings, long work) {}

  default void trainingStarted(String label, int iterations) {}

  /** Before a training's first step: the teacher's features of so many images are kept by now. */
  default void featuresKept(int images) {}

  default void trainingStep(TrainingStep step) {}

  /** Asked after each step: whether {@link #samples} is waited for; making them takes time. */
  default boolean samplesWanted() {
    return false;
  }

  /** Some test images as the students see them after this step. */
  default void samples(int step, List<SampleMap> samples) {}

  default void scoringStarted(String label, int images) {}

  /** So many units of work are behind us: images through the networks, roughly. */
  default void worked(long units) {}

  /** Another run holds this training; we come back to it, or wait for it. */
  default void heldElsewhere(String label, boolean waiting) {}

  default void rowFinished(String trial, ResultRowSummary row) {}

  default void failed(Failure failure) {}

  /**
   * @param split as in {@code results.csv}
   * @param imageAuroc fraction
   */
  record ResultRowSummary(String split, double imageAuroc) {}

  /**
   * Something that did not get done; the same command tries it again.
   *
   * @param label trials and split
   * @param message what happened, and at which step
   * @param cause for traces
   */
  record Failure(String label, String message, Throwable cause) {}
}
