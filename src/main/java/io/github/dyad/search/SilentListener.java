package io.github.dyad.search;

import io.github.dyad.experiment.RunListener;
import io.github.dyad.experiment.TrainingStep;
import java.util.Map;

/** Hears nothing. */
final class SilentListener implements SearchListener, RunListener {
  @Override
  public void candidateStarted(int number, int of, Map<String, String> values) {}

  @Override
  public void candidateFinished(CandidateResult result, CandidateResult best) {}

  @Override
  public RunListener runs() {
    return this;
  }

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
