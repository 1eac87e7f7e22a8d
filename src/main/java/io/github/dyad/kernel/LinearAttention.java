package io.github.dyad.kernel;

/**
 * Linear attention of one head of one image: φ(u) = elu(u) + 1,
 *
 * <pre>out = φ(q)·(φ(k)ᵀ·v) / (φ(q)·Σ_n φ(k_n) + ε),  no 1/√d      ALGORITHM.md, decoder student
 * </pre>
 *
 * Nothing is kept for the backward but the output. Places and threads as in {@link
 * SoftmaxAttention}.
 */
public final class LinearAttention {
  private LinearAttention() {}

  /** Floats of scratch that {@link #forward} and {@link #backward} need. */
  public static int scratch(AttentionShape shape) {
    int d = shape.headWidth();
    int perToken = shape.tokens() * d;
    return 4 * AttentionShape.roundUp(perToken)
        + 2 * AttentionShape.roundUp(d * d)
        + 2 * AttentionShape.roundUp(d)
        + 2 * AttentionShape.roundUp(shape.tokens());
  }

  /** The output of one head; {@code epsilon} guards the denominator. */
  public static void forward(
      Kernels kernels,
      AttentionShape shape,
      int head,
      float epsilon,
      Floats qkv,
      int qkvAt,
      Floats out,
      int outAt,
      Floats scratch,
      int scratchAt) {
    Layout at = new Layout(shape, scratchAt);
    features(kernels, shape, head, epsilon, qkv, qkvAt, scratch, at);
    int n = shape.tokens();
    int d = shape.headWidth();
    int o = shape.output(outAt, head, 0);
    // φ(q)·context / denominators  -> (N, d)
    Gemm.multiply(
        false,
        false,
        n,
        d,
        d,
        1,
        scratch,
        at.phiQ,
        d,
        scratch,
        at.context,
        d,
        0,
        out,
        o,
        shape.width());
    kernels.divideRows(scratch, at.denominators, out, o, shape.width(), n, d);
  }

  /** Gradients of q, k and v of one head, stored in its columns of {@code dQkv}. */
  public static void backward(
      Kernels kernels,
      AttentionShape shape,
      int head,
      float epsilon,
      Floats qkv,
      int qkvAt,
      Floats out,
      int outAt,
      Floats dOut,
      int dOutAt,
      Floats dQkv,
      int dQkvAt,
      Floats scratch,
      int scratchAt) {
    Layout at = new Layout(shape, scratchAt);
    features(kernels, shape, head, epsilon, qkv, qkvAt, scratch, at);
    int n = shape.tokens();
    int d = shape.headWidth();
    int width = shape.width();
    int qkvStride = shape.qkvStride();
    int o = shape.output(outAt, head, 0);
    int g = shape.output(dOutAt, head, 0);
    int v = shape.value(qkvAt, head);

    // With z the denominators and out = (φ(q)·context)/z: the numerator's gradient is g = dOut/z,
    // that of z is dz = −(dOut·out)/z.
    kernels.copyRows(dOut, g, width, scratch, at.gradient, d, n, d);
    kernels.divideRows(scratch, at.denominators, scratch, at.gradient, d, n, d);
    kernels.rowDots(0, scratch, at.gradient, d, out, o, width, scratch, at.dz, n, d);
    kernels.scale(-1, scratch, at.dz, scratch, at.dz, n);

    // dφ(q) = g·contextᵀ + dz⊗mass;  dcontext = φ(q)ᵀ·g;  dmass = Σ_n dz_n·φ(q_n)
    Gemm.multiply(
        false,
        true,
        n,
        d,
        d,
        1,
        scratch,
        at.gradient,
        d,
        scratch,
        at.context,
        d,
        0,
        scratch,
        at.dPhi,
        d);
    kernels.addScaledRow(scratch, at.dz, scratch, at.mass, scratch, at.dPhi, d, n, d);
    kernels.eluPlusOneBackward(
        scratch,
        at.phiQ,
        d,
        scratch,
        at.dPhi,
        d,
        dQkv,
        shape.query(dQkvAt, head, 0),
        qkvStride,
        n,
        d);
    Gemm.multiply(
        true,
        false,
        d,
        d,
        n,
        1,
        scratch,
        at.phiQ,
        d,
        scratch,
        at.gradient,
        d,
        0,
        scratch,
        at.dContext,
        d);
    kernels.zero(scratch, at.dMass, d);
    kernels.addWeightedRows(scratch, at.dz, scratch, at.phiQ, d, scratch, at.dMass, n, d);

    // dφ(k) = v·dcontextᵀ + dmass;  dv = φ(k)·dcontext
    Gemm.multiply(
        false,
        true,
        n,
        d,
        d,
        1,
        qkv,
        v,
        qkvStride,
        scratch,
        at.dContext,
        d,
        0,
        scratch,
        at.dPhi,
        d);
    kernels.addBias(scratch, at.dMass, scratch, at.dPhi, n, d);
    kernels.eluPlusOneBackward(
        scratch, at.phiK, d, scratch, at.dPhi, d, dQkv, shape.key(dQkvAt, head), qkvStride, n, d);
    Gemm.multiply(
        false,
        false,
        n,
        d,
        d,
        1,
        scratch,
        at.phiK,
        d,
        scratch,
        at.dContext,
        d,
        0,
        dQkv,
        shape.value(dQkvAt, head),
        qkvStride);
  }

  /**
   * φ(q), φ(k); context = φ(k)ᵀ·v (d, d); mass = Σ_n φ(k_n) (d); denominators = φ(q)·mass + ε (N).
   */
  private static void features(
      Kernels kernels,
      AttentionShape shape,
      int head,
      float epsilon,
      Floats qkv,
      int qkvAt,
      Floats scratch,
      Layout at) {
    int n = shape.tokens();
    int d = shape.headWidth();
    int stride = shape.qkvStride();
    kernels.eluPlusOne(qkv, shape.query(qkvAt, head, 0), stride, scratch, at.phiQ, d, n, d);
    kernels.eluPlusOne(qkv, shape.key(qkvAt, head), stride, scratch, at.phiK, d, n, d);
    Gemm.multiply(
        true,
        false,
        d,
        d,
        n,
        1,
        scratch,
        at.phiK,
        d,
        qkv,
        shape.value(qkvAt, head),
        stride,
        0,
        scratch,
        at.context,
        d);
    kernels.zero(scratch, at.mass, d);
    kernels.columnSums(scratch, at.phiK, d, scratch, at.mass, n, d);
    kernels.rowDots(
        epsilon, scratch, at.phiQ, d, scratch, at.mass, 0, scratch, at.denominators, n, d);
  }

  /** Places of the parts of the scratch memory. */
  private static final class Layout {
    final int phiQ;
    final int phiK;
    final int gradient;
    final int dPhi;
    final int context;
    final int dContext;
    final int mass;
    final int dMass;
    final int denominators;
    final int dz;

    Layout(AttentionShape shape, int at) {
      int d = shape.headWidth();
      int perToken = AttentionShape.roundUp(shape.tokens() * d);
      int square = AttentionShape.roundUp(d * d);
      phiQ = at;
      phiK = phiQ + perToken;
      gradient = phiK + perToken;
      dPhi = gradient + perToken;
      context = dPhi + perToken;
      dContext = context + square;
      mass = dContext + square;
      dMass = mass + AttentionShape.roundUp(d);
      denominators = dMass + AttentionShape.roundUp(d);
      dz = denominators + AttentionShape.roundUp(shape.tokens());
    }
  }
}
