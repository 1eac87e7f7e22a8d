package io.github.dyad.graph;

/** What the building blocks become in a SameDiff graph. */
public enum Lowering {
  /** Dyad's fused ops, on the CPU, run by a {@link Plan}. */
  FUSED,
  /** Stock ops only: saved graphs, other backends. */
  COMPOSED;

  /** Whether this build computes on NVIDIA GPUs ({@code mvn -Dcuda}). */
  public static boolean cudaBuild() {
    return Lowering.class.getResource("/org/nd4j/linalg/jcublas/JCublasBackend.class") != null;
  }

  /** What suits the backend of this build. */
  public static Lowering ofBuild() {
    return cudaBuild() ? COMPOSED : FUSED;
  }
}
