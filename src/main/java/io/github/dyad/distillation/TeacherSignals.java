package io.github.dyad.distillation;

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
 * @param hidden all hidden states, m times (B·N, D); empty where the others were computed before
 */
public record TeacherSignals(
    SDVariable tokens,
    SDVariable classTokens,
    SDVariable group1,
    SDVariable group2,
    List<SDVariable> hidden) {

  /** From the teacher's forward pass in the same graph. */
  public static TeacherSignals of(
      Layers layers, SDVariable tokens, List<SDVariable> hidden, TappedLayers tapped) {
    return new TeacherSignals(
        tokens,
        layers.classTokens(hidden),
        layers.mean(select(hidden, tapped.first())),
        layers.mean(select(hidden, tapped.second())),
        hidden);
  }

  private static List<SDVariable> select(List<SDVariable> hidden, List<Integer> indices) {
    return indices.stream().map(hidden::get).toList();
  }
}
