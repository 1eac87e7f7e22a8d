package io.github.dyad.graph;

import io.github.dyad.graph.TransformerBlock.Attention;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The blocks and the final norm that teacher and encoder student have in common.
 *
 * @param depth K
 * @param width D
 * @param heads H
 * @param hidden the MLP's inner width
 * @param layerScale whether the blocks have γ1, γ2
 * @param epsilon of the layer norms
 */
public record VisionTransformer(
    int depth,
    int width,
    int heads,
    int hidden,
    Activation activation,
    boolean layerScale,
    double epsilon) {

  public VisionTransformer withLayerScale(boolean present) {
    return new VisionTransformer(depth, width, heads, hidden, activation, present, epsilon);
  }

  /** Class tokens that are followed: m = K + 1, after every block and after the final norm. */
  public int classTokens() {
    return depth + 1;
  }

  /**
   * Raw residual stream after every block, then the final norm's output: K + 1 values (B·N, D).
   *
   * @param tokens (B·N, D), the token embedding
   */
  public List<SDVariable> apply(Layers layers, SDVariable tokens, Weights weights) {
    TransformerBlock block =
        new TransformerBlock(
            width, hidden, heads, Attention.SOFTMAX, activation, layerScale, epsilon);
    List<SDVariable> hiddenStates = new ArrayList<>();
    SDVariable x = layers.shaped(tokens, -1, width);
    for (int i = 0; i < depth; i++) {
      x = layers.shaped(block.apply(layers, x, weights.under("blocks." + i + ".")), -1, width);
      hiddenStates.add(x);
    }
    SDVariable weight = weights.get("norm.weight", width);
    SDVariable bias = weights.get("norm.bias", width);
    hiddenStates.add(layers.layerNorm(x, weight, bias, epsilon));
    return hiddenStates;
  }
}
