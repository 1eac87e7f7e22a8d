package io.github.dyad.distillation;

import io.github.dyad.graph.HiddenStates;
import io.github.dyad.graph.Layers;
import io.github.dyad.student.TappedLayers;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * What the students see of the frozen teacher.
 *
 * @param tokens the token embedding, (B·N, D)
 * @param classTokens c_T^1..c_T^m, (B, m, D)
 * @param group1 mean of the first group of tapped layers, class and register rows kept, (B·N, D)
 * @param group2 mean of the second group
 * @param hidden the hidden states of which all tokens are there, (B·N, D) each; empty where the
 *     others were computed before
 */
public record TeacherSignals(
    SDVariable tokens,
    SDVariable classTokens,
    SDVariable group1,
    SDVariable group2,
    List<SDVariable> hidden) {

  /** From a forward pass in the same graph that gives all tokens of the tapped layers at least. */
  public static TeacherSignals of(
      Layers layers, SDVariable tokens, HiddenStates states, TappedLayers tapped) {
    return new TeacherSignals(
        tokens,
        layers.classTokens(states),
        layers.mean(select(states.tokens(), tapped.first())),
        layers.mean(select(states.tokens(), tapped.second())),
        states.tokens());
  }

  private static List<SDVariable> select(List<SDVariable> hidden, List<Integer> indices) {
    return indices.stream().map(hidden::get).toList();
  }
}
