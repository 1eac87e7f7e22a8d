package io.github.dyad.graph;

/** What stands between the two linear layers of a block's MLP. */
public enum Activation {
  /** {@code x·Φ(x)}, exact, by the error function: DINOv2 S, B and L. */
  GELU("GELU"),
  /** The tanh approximation of GELU, for files exported with it. */
  GELU_TANH("GELU, tanh approximation"),
  /**
   * {@code silu(a) ⊙ b} with {@code [a, b] = fc1(x)}: DINOv2-giant. The first half of fc1's rows is
   * a.
   */
  SWIGLU("SwiGLU");

  private final String label;

  Activation(String label) {
    this.label = label;
  }

  /** Its name in words. */
  public String label() {
    return label;
  }
}
