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
   * Raw residual stream after every block, then the final norm's output.
   *
   * @param tokens (B·N, D), the token embedding
   * @param wholeBlocks how many blocks' tokens are all asked for, 0 to K; of the states after them
   *     the class tokens are enough. What the last block does to other tokens reaches no class
   *     token, so below K it is not computed.
   */
  public HiddenStates apply(Layers layers, SDVariable tokens, int wholeBlocks, Weights weights) {
    TransformerBlock block =
        new TransformerBlock(
            width, hidden, heads, Attention.SOFTMAX, activation, layerScale, epsilon);
    boolean cut = wholeBlocks < depth;
    List<SDVariable> states = new ArrayList<>();
    SDVariable x = layers.shaped(tokens, -1, width);
    for (int i = 0; i < (cut ? depth - 1 : depth); i++) {
      x = layers.shaped(block.apply(layers, x, weights.under("blocks." + i + ".")), -1, width);
      states.add(x);
    }
    if (!cut) {
      states.add(norm(layers, x, weights));
      return new HiddenStates(states, List.of());
    }
    Weights last = weights.under("blocks." + (depth - 1) + ".");
    SDVariable c = layers.shaped(block.applyToClassTokens(layers, x, last), -1, width); // -> (B, D)
    return new HiddenStates(states, List.of(c, norm(layers, c, weights)));
  }

  private SDVariable norm(Layers layers, SDVariable x, Weights weights) {
    SDVariable weight = weights.get("norm.weight", width);
    SDVariable bias = weights.get("norm.bias", width);
    return layers.layerNorm(x, weight, bias, epsilon);
  }
}
