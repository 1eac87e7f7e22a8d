package io.github.dyad.search;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How a search ended.
 *
 * @param candidates finished ones in order
 * @param higherIsBetter whether a large score is good
 * @param end why it ended
 */
public record SearchReport(List<CandidateResult> candidates, boolean higherIsBetter, End end) {
  public enum End {
    /** All trials of the budget are done, or there are no other candidates. */
    COMPLETE,
    TIME_IS_UP,
    /** The user or the system asked to stop. */
    STOPPED
  }

  public SearchReport {
    candidates = List.copyOf(candidates);
  }

  /** That of the best score; the first of equals. Empty before any was trained in full. */
  public Optional<CandidateResult> best() {
    return best(candidates, higherIsBetter);
  }

  static Optional<CandidateResult> best(List<CandidateResult> candidates, boolean higherIsBetter) {
    return candidates.stream()
        .filter(candidate -> candidate.state() == CandidateResult.State.DONE)
        .min(
            Comparator.comparingDouble(
                    (CandidateResult c) -> higherIsBetter ? -c.score() : c.score())
                .thenComparing(CandidateResult::number));
  }
}
