package io.github.dyad.search;

import io.github.dyad.experiment.RunListener;
import java.util.Map;

/** Follows a search; called on the thread that runs it. */
public interface SearchListener {

  /**
   * @param number from 0
   * @param of the budget in trials
   * @param values of the searched keys
   */
  void candidateStarted(int number, int of, Map<String, String> values);

  /**
   * @param best of those that were trained in full, this one included; null before there is one
   */
  void candidateFinished(CandidateResult result, CandidateResult best);

  /** Follows the runs that a candidate is made of. */
  RunListener runs();
}
