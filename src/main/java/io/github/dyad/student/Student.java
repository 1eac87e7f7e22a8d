package io.github.dyad.student;

import io.github.dyad.Extension;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.VisionTransformer;
import io.github.dyad.graph.Weights;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A student of another kind, in the place of the paper's two: it predicts some of the teacher's
 * tokens, and where it fails the image is anomalous. In an experiment file it is {@code method:
 * NAME} with the sections {@code optimizer} and {@code training}; a new one is a class named in
 * {@code META-INF/services/io.github.dyad.student.Student}.
 *
 * <p>It is trained to make 1 − cos of every patch small, and the same gives its maps.
 */
public interface Student extends Extension {

  /**
   * What is compared; of both the class and register rows are dropped.
   *
   * @param teacher (B·N, D), constant
   * @param student (B·N, D)
   */
  record TokenPair(SDVariable teacher, SDVariable student) {}

  /**
   * Adds the student to the graph.
   *
   * @param teacher shape of the teacher
   * @param hidden the teacher's tokens after every block and after the final norm, K + 1 times
   *     (B·N, D)
   * @param weights asked for by name and shape, made where they are new: linear weights normal with
   *     σ 0.02, biases 0, weights of norms 1
   */
  List<TokenPair> apply(
      Layers layers, VisionTransformer teacher, List<SDVariable> hidden, Weights weights);
}
