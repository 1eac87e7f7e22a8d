package io.github.dyad.cluster;

import io.github.dyad.experiment.RunListener;
import io.github.dyad.experiment.TrainingStep;

/** An executor has nobody to tell. */
final class SilentListener implements RunListener {
  @Override
  public void planned(int trials, int rows, int missingRows, int missingTrainings, long work) {}

  @Override
  public void trainingStarted(String label, int iterations) {}

  @Override
  public void trainingStep(TrainingStep step) {}

  @Override
  public void scoringStarted(String label, int images) {}

  @Override
  public void worked(long units) {}

  @Override
  public void heldElsewhere(String label, boolean waiting) {}

  @Override
  public void rowFinished(String trial, ResultRowSummary row) {}

  @Override
  public void failed(Failure failure) {}
}
