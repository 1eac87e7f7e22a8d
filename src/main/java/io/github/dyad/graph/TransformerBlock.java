package io.github.dyad.graph;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A pre-norm transformer block on token rows (B·N, D):
 *
 * <pre>
 * x ← x + γ1 ⊙ Attention(LN(x))
 * x ← x + γ2 ⊙ MLP(LN(x))
 * </pre>
 *
 * @param width D
 * @param hidden the MLP's inner width, 4D in all models of the paper
 * @param heads H
 * @param attention softmax (teacher, encoder student) or linear (decoder student)
 * @param activation the MLP's
 * @param layerScale whether γ1, γ2 exist
 * @param epsilon of the layer norms: 1e-6 in DINOv2, 1e-8 in the decoder student
 */
public record TransformerBlock(
    int width,
    int hidden,
    int heads,
    Attention attention,
    Activation activation,
    boolean layerScale,
    double epsilon) {

  public enum Attention {
    SOFTMAX,
    LINEAR
  }

  /** Adds the block to the graph; weight names are those below {@code weights}. */
  public SDVariable apply(Layers layers, SDVariable x, Weights weights) {
    return layers.lowering() == Lowering.FUSED && activation == Activation.GELU
        ? fused(layers, x, weights)
        : composed(layers, x, weights);
  }

  private SDVariable composed(Layers layers, SDVariable x, Weights weights) {
    int D = width;
    SDVariable y = norm(layers, x, weights, "norm1.");
    SDVariable qkv = linear(layers, y, weights, "attn.qkv.", 3 * D, D); // -> (B·N, 3D)
    SDVariable attended =
        attention == Attention.SOFTMAX
            ? layers.attention(qkv, heads) // -> (B·N, D)
            : layers.linearAttention(qkv, heads);
    SDVariable branch = linear(layers, attended, weights, "attn.proj.", D, D);
    x = layers.residual(x, branch, gamma(weights, "ls1.gamma"));

    y = norm(layers, x, weights, "norm2.");
    branch = mlp(layers, y, weights);
    return layers.residual(x, branch, gamma(weights, "ls2.gamma")); // -> (B·N, D)
  }

  /**
   * The block's class tokens alone, which need every token's key and value but no other query:
   * (B·N, D) → (B, D). Softmax attention only.
   */
  public SDVariable applyToClassTokens(Layers layers, SDVariable x, Weights weights) {
    int D = width;
    SDVariable y = norm(layers, x, weights, "norm1.");
    SDVariable attended =
        layers.classAttention(
            y,
            weights.get("attn.qkv.weight", 3 * D, D),
            weights.get("attn.qkv.bias", 3 * D),
            heads);
    SDVariable branch = linear(layers, attended, weights, "attn.proj.", D, D); // -> (B, D)
    SDVariable c = layers.residual(layers.classRows(x), branch, gamma(weights, "ls1.gamma"));

    y = norm(layers, c, weights, "norm2.");
    branch = mlp(layers, y, weights);
    return layers.residual(c, branch, gamma(weights, "ls2.gamma")); // -> (B, D)
  }

  /** The same as one op; {@link BlockOp} has the equations. */
  private SDVariable fused(Layers layers, SDVariable x, Weights weights) {
    int D = width;
    List<SDVariable> inputs =
        new ArrayList<>(
            List.of(
                x,
                weights.get("norm1.weight", D),
                weights.get("norm1.bias", D),
                weights.get("attn.qkv.weight", 3 * D, D),
                weights.get("attn.qkv.bias", 3 * D),
                weights.get("attn.proj.weight", D, D),
                weights.get("attn.proj.bias", D),
                weights.get("norm2.weight", D),
                weights.get("norm2.bias", D),
                weights.get("mlp.fc1.weight", hidden, D),
                weights.get("mlp.fc1.bias", hidden),
                weights.get("mlp.fc2.weight", D, hidden),
                weights.get("mlp.fc2.bias", D)));
    if (layerScale) {
      inputs.add(gamma(weights, "ls1.gamma"));
      inputs.add(gamma(weights, "ls2.gamma"));
    }
    return new BlockOp(layers.graph(), this, layers.tokens().count(), inputs)
        .outputVariables()[BlockOp.Y];
  }

  private SDVariable mlp(Layers layers, SDVariable y, Weights weights) {
    if (activation == Activation.SWIGLU) { // fc1 gives gate and value side by side
      SDVariable gated =
          layers.swiGlu(linear(layers, y, weights, "mlp.fc1.", 2 * hidden, width), hidden);
      return linear(layers, gated, weights, "mlp.fc2.", width, hidden);
    }
    SDVariable u = linear(layers, y, weights, "mlp.fc1.", hidden, width); // -> (B·N, hidden)
    SDVariable h = activation == Activation.GELU ? layers.gelu(u) : layers.geluTanh(u);
    return linear(layers, h, weights, "mlp.fc2.", width, hidden);
  }

  private SDVariable norm(Layers layers, SDVariable x, Weights weights, String name) {
    return layers.layerNorm(
        x, weights.get(name + "weight", width), weights.get(name + "bias", width), epsilon);
  }

  private SDVariable gamma(Weights weights, String name) {
    return layerScale ? weights.get(name, width) : null;
  }

  /** y = x·Wᵀ + b with W (out, in). */
  public static SDVariable linear(
      Layers layers, SDVariable x, Weights weights, String name, int out, int in) {
    return layers.linear(x, weights.get(name + "weight", out, in), weights.get(name + "bias", out));
  }
}
