package io.github.dyad.search;

import io.github.dyad.experiment.RunListener;
import java.util.Map;

/** Hears nothing. */
final class SilentListener implements SearchListener {
  @Override
  public void candidateStarted(int number, int of, Map<String, String> values) {}

  @Override
  public void candidateFinished(CandidateResult result, CandidateResult best) {}

  @Override
  public RunListener runs() {
    return RunListener.SILENT;
  }
}
