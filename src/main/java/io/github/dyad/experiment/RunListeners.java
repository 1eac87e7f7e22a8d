package io.github.dyad.experiment;

import java.util.List;

/** Several listeners of one run, told in their order. */
public record RunListeners(List<RunListener> all) implements RunListener {
  public RunListeners {
    all = List.copyOf(all);
  }

  @Override
  public void planned(int trials, int rows, int missingRows, int missingTrainings, long work) {
    all.forEach(l -> l.planned(trials, rows, missingRows, missingTrainings, work));
  }

  @Override
  public void trainingStarted(String label, int iterations) {
    all.forEach(l -> l.trainingStarted(label, iterations));
  }

  @Override
  public void featuresKept(int images) {
    all.forEach(l -> l.featuresKept(images));
  }

  @Override
  public void trainingStep(TrainingStep step) {
    all.forEach(l -> l.trainingStep(step));
  }

  @Override
  public boolean samplesWanted() {
    return all.stream().anyMatch(RunListener::samplesWanted);
  }

  @Override
  public void samples(int step, List<SampleMap> samples) {
    all.forEach(l -> l.samples(step, samples));
  }

  @Override
  public void scoringStarted(String label, int images) {
    all.forEach(l -> l.scoringStarted(label, images));
  }

  @Override
  public void worked(long units) {
    all.forEach(l -> l.worked(units));
  }

  @Override
  public void heldElsewhere(String label, boolean waiting) {
    all.forEach(l -> l.heldElsewhere(label, waiting));
  }

  @Override
  public void rowFinished(String trial, ResultRowSummary row) {
    all.forEach(l -> l.rowFinished(trial, row));
  }

  @Override
  public void failed(Failure failure) {
    all.forEach(l -> l.failed(failure));
  }
}
