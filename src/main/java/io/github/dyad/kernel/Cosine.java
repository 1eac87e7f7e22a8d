package io.github.dyad.kernel;

/** What cosine losses make of t·d, |t|² and |d|² ({@link Kernels#cosineTerms}). */
public final class Cosine {
  private static final double LEAST_NORM = 1e-8; // PyTorch's cosine_similarity

  private Cosine() {}

  /** 1 − cos, in [0, 2] up to rounding; norms below 1e-8 count as 1e-8. */
  public static double distance(double td, double tt, double dd) {
    return 1 - td / (norm(tt) * norm(dd));
  }

  /** Factor of T in the gradient of scale·(1 − cos(T, D)) with respect to D: −scale/(|T||D|). */
  static double teacherFactor(double scale, double tt, double dd) {
    return -scale / (norm(tt) * norm(dd));
  }

  /** Factor of D in that gradient: scale·cos/|D|². */
  static double studentFactor(double scale, double td, double tt, double dd) {
    return scale * td / (norm(tt) * norm(dd)) / (norm(dd) * norm(dd));
  }

  private static double norm(double sumOfSquares) {
    double norm = Math.sqrt(sumOfSquares);
    return norm < LEAST_NORM ? LEAST_NORM : norm; // NaN stays NaN
  }
}
