package io.github.dyad.teacher;

/** What stands between the two linear layers of a block's MLP. */
public enum Activation {
  /** {@code x·Φ(x)}, exact, by the error function: DINOv2 S, B and L. */
  GELU,
  /** The tanh approximation of GELU, for files exported with it. */
  GELU_TANH,
  /**
   * {@code silu(a) ⊙ b} with {@code [a, b] = fc1(x)}: DINOv2-giant. The first half of fc1's rows is
   * a.
   */
  SWIGLU
}
