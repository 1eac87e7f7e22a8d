package io.github.dyad.graph;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A vision transformer's tokens after every block and after the final norm: K + 1 states.
 *
 * @param tokens the first states, all tokens of each, (B·N, D)
 * @param classRows the states after them, of which only the class tokens were computed, (B, D)
 */
public record HiddenStates(List<SDVariable> tokens, List<SDVariable> classRows) {
  public HiddenStates {
    tokens = List.copyOf(tokens);
    classRows = List.copyOf(classRows);
  }

  /** m = K + 1. */
  public int count() {
    return tokens.size() + classRows.size();
  }

  /** The first {@code count} states. */
  public HiddenStates first(int count) {
    int whole = Math.min(count, tokens.size());
    return new HiddenStates(tokens.subList(0, whole), classRows.subList(0, count - whole));
  }
}
