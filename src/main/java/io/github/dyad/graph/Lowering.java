package io.github.dyad.graph;

/** What the building blocks become in a SameDiff graph. */
public enum Lowering {
  /** Dyad's fused ops, on the CPU, run by a {@link Plan}. */
  FUSED,
  /** Stock ops only: saved graphs, other backends. */
  COMPOSED
}
