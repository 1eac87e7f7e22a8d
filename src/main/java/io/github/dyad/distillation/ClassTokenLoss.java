package io.github.dyad.distillation;

import io.github.dyad.distillation.ObjectiveConfig.ClassTokenSet;
import io.github.dyad.distillation.ObjectiveConfig.Normalization;
import io.github.dyad.distillation.ObjectiveConfig.Reduction;
import io.github.dyad.graph.HiddenStates;
import io.github.dyad.graph.Layers;
import java.util.List;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Eq. (2), the encoder student's loss.
 *
 * <pre>L_E(x) = (1/m) Σ_{j=1..m} MSE( c_T^j(x), c_E^j(x) )</pre>
 */
final class ClassTokenLoss {
  private final Layers layers;
  private final ObjectiveConfig config;

  ClassTokenLoss(Layers layers, ObjectiveConfig config) {
    this.layers = layers;
    this.config = config;
  }

  /**
   * @param teacher c_T^1..c_T^m, (B, m, D), constant
   * @param student the student's m hidden states
   * @return L_E, (B)
   */
  SDVariable ofClassTokens(SDVariable teacher, HiddenStates student) {
    SameDiff graph = layers.graph();
    int m = student.count();
    if (config.classTokenSet() == ClassTokenSet.BLOCKS) {
      m--;
      teacher = teacher.get(SDIndex.all(), SDIndex.interval(0, m), SDIndex.all());
    }
    SDVariable cT = normalized(teacher); // (B, m, D)
    SDVariable cE = normalized(layers.classTokens(student.first(m))); // (B, m, D)
    SDVariable squared = graph.math().square(cE.sub(cT));
    SDVariable loss = graph.mean(squared, 1, 2); // mean over m and D -> (B)
    return config.classTokenReduction() == Reduction.MEAN ? loss : loss.mul(layers.width());
  }

  /**
   * Tab. 11's other row: the same with patch tokens.
   *
   * @param teacher the teacher's hidden states, m times (B·N, D), constant
   * @return L_E, (B)
   */
  SDVariable ofPatchTokens(List<SDVariable> teacher, List<SDVariable> student) {
    int m = config.classTokenSet() == ClassTokenSet.BLOCKS ? student.size() - 1 : student.size();
    SameDiff graph = layers.graph();
    SDVariable sum = null;
    for (int j = 0; j < m; j++) {
      SDVariable difference =
          normalized(layers.patchTokens(student.get(j)))
              .sub(normalized(layers.patchTokens(teacher.get(j)))); // (B, h·w, D)
      SDVariable mse = graph.mean(graph.math().square(difference), 1, 2); // -> (B)
      sum = sum == null ? mse : sum.add(mse);
    }
    SDVariable loss = sum.mul(1.0 / m);
    return config.classTokenReduction() == Reduction.MEAN ? loss : loss.mul(layers.width());
  }

  private SDVariable normalized(SDVariable tokens) {
    return config.classTokenNormalization() == Normalization.RAW
        ? tokens
        : layers.standardize(tokens, 2, NORMALIZATION_EPSILON);
  }

  private static final double NORMALIZATION_EPSILON = 1e-6;
}
