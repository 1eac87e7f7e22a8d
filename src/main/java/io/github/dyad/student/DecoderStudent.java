package io.github.dyad.student;

import io.github.dyad.graph.Activation;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.TransformerBlock;
import io.github.dyad.graph.TransformerBlock.Attention;
import io.github.dyad.graph.VisionTransformer;
import io.github.dyad.graph.Weights;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The decoder student S_D (paper, 3.2; Dinomaly): a noisy bottleneck and blocks of linear attention
 * that reconstruct the teacher's middle layers.
 *
 * @param width D
 * @param heads H
 * @param depth blocks, even
 * @param dropout p of the noisy bottleneck
 */
public record DecoderStudent(int width, int heads, int depth, double dropout) {
  /** Weight names start with this. */
  public static final String NAME = "decoder_student.";

  /** Layer norms of the decoder blocks (Dinomaly code). */
  static final double EPSILON = 1e-8;

  private static final int MLP_RATIO = 4;

  public static DecoderStudent of(VisionTransformer teacher, DecoderStudentConfig config) {
    return new DecoderStudent(teacher.width(), teacher.heads(), config.depth(), config.dropout());
  }

  /**
   * @param group1 mean of the teacher's first group of tapped layers, class and register rows kept,
   *     (B·N, D)
   * @param group2 likewise the second group
   * @param training whether dropout is on
   * @return F_D^1, F_D^2: what is compared with group 1 and group 2, (B·N, D)
   */
  public List<SDVariable> apply(
      Layers layers, SDVariable group1, SDVariable group2, boolean training, Weights weights) {
    Weights own = weights.under(NAME);
    SDVariable x = layers.mean(List.of(group1, group2)); // mean of all tapped layers
    x = bottleneck(layers, x, training ? dropout : 0, own.under("bottleneck."));
    TransformerBlock block =
        new TransformerBlock(
            width, MLP_RATIO * width, heads, Attention.LINEAR, Activation.GELU, false, EPSILON);
    List<SDVariable> outputs = new ArrayList<>();
    for (int i = 0; i < depth; i++) {
      x = layers.shaped(block.apply(layers, x, own.under("blocks." + i + ".")), -1, width);
      outputs.add(x);
    }
    // Reversed: the first encoder group is compared with the last decoder blocks.
    Collections.reverse(outputs);
    int half = depth / 2;
    return List.of(
        layers.mean(outputs.subList(0, half)), layers.mean(outputs.subList(half, depth)));
  }

  /** drop(p) → Linear D→4D → GELU → drop(p) → Linear 4D→D → drop(p); no norm, no residual. */
  private SDVariable bottleneck(Layers layers, SDVariable x, double p, Weights weights) {
    int D = width;
    int hidden = MLP_RATIO * D;
    x = layers.dropout(x, p, 0, D);
    x = layers.gelu(TransformerBlock.linear(layers, x, weights, "fc1.", hidden, D));
    x = layers.dropout(x, p, 1, hidden); // (B·N, 4D)
    x = TransformerBlock.linear(layers, x, weights, "fc2.", D, hidden);
    return layers.dropout(x, p, 2, D);
  }
}
