package io.github.dyad.kernel;

/**
 * out = softmax(q·kᵀ/√d)·v of one head of one image, in blocks of queries whose scores stay in the
 * second-level cache. Nothing of size N² is kept for the backward: it computes the scores anew and
 * needs only the logarithm of each row's sum (Dao et al. 2022, arXiv:2205.14135).
 *
 * <p>{@code qkvAt}, {@code outAt} and the gradients' are the places of the image's first row;
 * {@code logSumsAt} is the place of the head's first, one float a query. Heads and images may run
 * at once, each with a scratch memory of its own.
 */
public final class SoftmaxAttention {
  /** Queries of a block. */
  static final int BLOCK = 256;

  private SoftmaxAttention() {}

  /** Floats of scratch that {@link #forward} needs. */
  public static int forwardScratch(AttentionShape shape) {
    int block = Math.min(BLOCK, shape.tokens());
    return block * shape.scoreStride() + AttentionShape.roundUp(block);
  }

  /** Floats of scratch that {@link #backward} needs. */
  public static int backwardScratch(AttentionShape shape) {
    int block = Math.min(BLOCK, shape.tokens());
    return 2 * block * shape.scoreStride() + AttentionShape.roundUp(block);
  }

  /**
   * Rows {@code firstQuery} to {@code firstQuery + queries} of the output of one head.
   *
   * @param logSums receives log Σ exp(scores) of each query for the backward, or null
   */
  public static void forward(
      Kernels kernels,
      AttentionShape shape,
      int head,
      int firstQuery,
      int queries,
      Floats qkv,
      int qkvAt,
      Floats out,
      int outAt,
      Floats logSums,
      int logSumsAt,
      Floats scratch,
      int scratchAt) {
    int n = shape.tokens();
    int d = shape.headWidth();
    int stride = shape.scoreStride();
    int qkvStride = shape.qkvStride();
    float scale = (float) (1 / Math.sqrt(d));
    int sumsAt = scratchAt + Math.min(BLOCK, n) * stride;
    for (int first = firstQuery; first < firstQuery + queries; first += BLOCK) {
      int rows = Math.min(BLOCK, firstQuery + queries - first);
      int q = shape.query(qkvAt, head, first);
      int o = shape.output(outAt, head, first);
      // s = q·kᵀ/√d  -> (rows, N)
      Gemm.multiply(
          false,
          true,
          rows,
          n,
          d,
          scale,
          qkv,
          q,
          qkvStride,
          qkv,
          shape.key(qkvAt, head),
          qkvStride,
          0,
          scratch,
          scratchAt,
          stride);
      kernels.softmaxNumerators(
          scratch, scratchAt, stride, scratch, sumsAt, logSums, logSumsAt + first, rows, n);
      // out = p·v  -> (rows, d)
      Gemm.multiply(
          false,
          false,
          rows,
          d,
          n,
          1,
          scratch,
          scratchAt,
          stride,
          qkv,
          shape.value(qkvAt, head),
          qkvStride,
          0,
          out,
          o,
          shape.width());
      kernels.divideRows(scratch, sumsAt, out, o, shape.width(), rows, d);
    }
  }

  /**
   * Gradients of q, k and v of one head, stored in its columns of {@code dQkv}, from the gradient
   * of the output, the output and {@code logSums} as the forward left them.
   */
  public static void backward(
      Kernels kernels,
      AttentionShape shape,
      int head,
      Floats qkv,
      int qkvAt,
      Floats out,
      int outAt,
      Floats logSums,
      int logSumsAt,
      Floats dOut,
      int dOutAt,
      Floats dQkv,
      int dQkvAt,
      Floats scratch,
      int scratchAt) {
    int n = shape.tokens();
    int d = shape.headWidth();
    int stride = shape.scoreStride();
    int qkvStride = shape.qkvStride();
    int width = shape.width();
    float scale = (float) (1 / Math.sqrt(d));
    int block = Math.min(BLOCK, n);
    int dpAt = scratchAt + block * stride;
    int deltasAt = dpAt + block * stride;
    int k = shape.key(qkvAt, head);
    int v = shape.value(qkvAt, head);
    for (int first = 0; first < n; first += BLOCK) {
      int rows = Math.min(BLOCK, n - first);
      float beta = first == 0 ? 0 : 1; // the blocks' contributions to dk and dv add up
      int q = shape.query(qkvAt, head, first);
      int o = shape.output(outAt, head, first);
      int g = shape.output(dOutAt, head, first);
      // delta = Σ dOut·out = Σ p·dp, with dp = dOut·vᵀ
      kernels.rowDots(0, dOut, g, width, out, o, width, scratch, deltasAt, rows, d);
      Gemm.multiply(
          false, true, rows, n, d, scale, qkv, q, qkvStride, qkv, k, qkvStride, 0, scratch,
          scratchAt, stride);
      Gemm.multiply(
          false, true, rows, n, d, 1, dOut, g, width, qkv, v, qkvStride, 0, scratch, dpAt, stride);
      kernels.softmaxScoresBackward(
          scratch,
          scratchAt,
          scratch,
          dpAt,
          stride,
          logSums,
          logSumsAt + first,
          scratch,
          deltasAt,
          rows,
          n);
      // dv += pᵀ·dOut;  dq = ds·k/√d;  dk += dsᵀ·q/√d
      Gemm.multiply(
          true,
          false,
          n,
          d,
          rows,
          1,
          scratch,
          scratchAt,
          stride,
          dOut,
          g,
          width,
          beta,
          dQkv,
          shape.value(dQkvAt, head),
          qkvStride);
      Gemm.multiply(
          false,
          false,
          rows,
          d,
          n,
          scale,
          scratch,
          dpAt,
          stride,
          qkv,
          k,
          qkvStride,
          0,
          dQkv,
          shape.query(dQkvAt, head, first),
          qkvStride);
      Gemm.multiply(
          true,
          false,
          n,
          d,
          rows,
          scale,
          scratch,
          dpAt,
          stride,
          qkv,
          q,
          qkvStride,
          beta,
          dQkv,
          shape.key(dQkvAt, head),
          qkvStride);
    }
  }
}
