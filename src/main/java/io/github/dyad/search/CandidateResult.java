package io.github.dyad.search;

import io.github.dyad.experiment.store.Decimals;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How one candidate did.
 *
 * @param number from 0, which is the base
 * @param values of the searched keys, as in an experiment file
 * @param state how it ended
 * @param probeScore of the short training; NaN where there was none
 * @param score of the full training; NaN unless {@link State#DONE}
 * @param reason why it failed; else empty
 */
public record CandidateResult(
    int number,
    Map<String, String> values,
    State state,
    double probeScore,
    double score,
    String reason) {

  public enum State {
    DONE,
    /** Given up after its short training. */
    STOPPED,
    FAILED
  }

  public CandidateResult {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** The name of its trial. */
  public String trial() {
    return trial(number);
  }

  static String trial(int number) {
    return String.format("c%03d", number);
  }

  /** Empty for NaN. */
  static String text(double score) {
    return Double.isNaN(score) ? "" : Decimals.shortest(score);
  }
}
