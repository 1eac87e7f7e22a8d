package io.github.dyad.kernel;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Row-major float32 matrix products by the OpenBLAS that ND4J ships, on the calling thread alone:
 * parallelism is the caller's, over rows, heads or images. Any number of threads may call at once.
 * A call allocates nothing, and gives the same bits for the same numbers.
 *
 * <p>A matrix is {@code Floats}, the index of its first element, and its leading dimension
 * (distance of two rows as it is stored).
 */
public final class Gemm {
  private static final int ROW_MAJOR = 101;
  private static final int PLAIN = 111;
  private static final int TRANSPOSED = 112;

  private static final ThreadLocal<Operands> OPERANDS = ThreadLocal.withInitial(Operands::new);

  static {
    OpenBlas.load();
    // OpenBLAS's own threads spin after every product; with one thread they never start.
    openblas_nolapack.blas_set_num_threads(1);
  }

  private Gemm() {}

  /**
   * C (m, n) = alpha·op(A)·op(B) + beta·C, op(A) (m, k), op(B) (k, n); transposed operands are
   * stored (k, m) and (n, k). With beta 0, C is not read.
   */
  public static void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      Floats a,
      int aAt,
      int aStride,
      Floats b,
      int bAt,
      int bStride,
      float beta,
      Floats c,
      int cAt,
      int cStride) {
    check("A", a, aAt, aStride, transposeA ? k : m, transposeA ? m : k);
    check("B", b, bAt, bStride, transposeB ? n : k, transposeB ? k : n);
    check("C", c, cAt, cStride, m, n);
    Operands operands = OPERANDS.get();
    openblas_nolapack.cblas_sgemm(
        ROW_MAJOR,
        transposeA ? TRANSPOSED : PLAIN,
        transposeB ? TRANSPOSED : PLAIN,
        m,
        n,
        k,
        alpha,
        operands.a.at(a, aAt),
        aStride,
        operands.b.at(b, bAt),
        bStride,
        beta,
        operands.c.at(c, cAt),
        cStride);
    a.keepReachable();
    b.keepReachable();
    c.keepReachable();
  }

  /** y (rows, out) = x (rows, in)·Wᵀ, W (out, in). */
  public static void linear(
      Floats x, int xAt, Floats w, int wAt, Floats y, int yAt, int rows, int in, int out) {
    multiply(false, true, rows, out, in, 1, x, xAt, in, w, wAt, in, 0, y, yAt, out);
  }

  /** dx (rows, in) = dy (rows, out)·W. */
  public static void linearInputGradient(
      Floats dy, int dyAt, Floats w, int wAt, Floats dx, int dxAt, int rows, int in, int out) {
    multiply(false, false, rows, in, out, 1, dy, dyAt, out, w, wAt, in, 0, dx, dxAt, in);
  }

  /** dW (out, in) = dyᵀ·x, or dW += dyᵀ·x where {@code accumulate} is true. */
  public static void linearWeightGradient(
      Floats dy,
      int dyAt,
      Floats x,
      int xAt,
      Floats dw,
      int dwAt,
      boolean accumulate,
      int rows,
      int in,
      int out) {
    float beta = accumulate ? 1 : 0;
    multiply(true, false, out, in, rows, 1, dy, dyAt, out, x, xAt, in, beta, dw, dwAt, in);
  }

  /** OpenBLAS checks nothing: an index too far is a write to somebody else's memory. */
  private static void check(String name, Floats x, int at, int stride, int rows, int cols) {
    long end = at + (rows - 1L) * stride + cols;
    if (rows < 1 || cols < 1 || at < 0 || stride < cols || end > x.size()) {
      throw new IndexOutOfBoundsException(
          String.format(
              "%s: %d rows of %d at %d, stride %d, in %d floats",
              name, rows, cols, at, stride, x.size()));
    }
  }

  /** Pointers of a thread, moved from call to call. */
  private static final class Operands {
    final Cursor a = new Cursor();
    final Cursor b = new Cursor();
    final Cursor c = new Cursor();
  }

  private static final class Cursor extends FloatPointer {
    Cursor() {
      super((Pointer) null);
    }

    Cursor at(Floats x, int index) {
      address = x.address() + (long) index * Float.BYTES;
      return this;
    }
  }
}
