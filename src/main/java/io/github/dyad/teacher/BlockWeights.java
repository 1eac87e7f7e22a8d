package io.github.dyad.teacher;

import io.github.dyad.graph.Activation;

/**
 * One pre-norm block, {@code x += γ1·MSA(LN1(x)); x += γ2·MLP(LN2(x))}. Linear weights are (out,
 * in) row-major, as PyTorch keeps them; the arrays are shared, not copied.
 *
 * @param norm1Weight (D)
 * @param norm1Bias (D)
 * @param qkvWeight (3D, D), rows of q, then k, then v; within each, head by head
 * @param qkvBias (3D), zeros if the file has none
 * @param projWeight (D, D)
 * @param projBias (D), zeros if the file has none
 * @param layerScale1 γ1, (D), or null without LayerScale
 * @param norm2Weight (D)
 * @param norm2Bias (D)
 * @param fc1Weight (hidden, D), or (2·hidden, D) for {@link Activation#SWIGLU}
 * @param fc1Bias (hidden) or (2·hidden), zeros if the file has none
 * @param fc2Weight (D, hidden)
 * @param fc2Bias (D), zeros if the file has none
 * @param layerScale2 γ2, (D), or null without LayerScale
 */
public record BlockWeights(
    float[] norm1Weight,
    float[] norm1Bias,
    float[] qkvWeight,
    float[] qkvBias,
    float[] projWeight,
    float[] projBias,
    float[] layerScale1,
    float[] norm2Weight,
    float[] norm2Bias,
    float[] fc1Weight,
    float[] fc1Bias,
    float[] fc2Weight,
    float[] fc2Bias,
    float[] layerScale2) {

  /** Width of the MLP's hidden layer, after the gate for {@link Activation#SWIGLU}. */
  public int hidden() {
    return fc2Weight.length / norm1Weight.length;
  }
}
