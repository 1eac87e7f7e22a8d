package io.github.dyad.graph;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Gemm;
import io.github.dyad.kernel.Kernels;
import io.github.dyad.kernel.Workers;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Softmax attention of every image's class token, its first row, to all its tokens: (y (B·N, D), W
 * (3D, D), b (3D)) → o (B, D).
 *
 * <p>With one query an image, no key and no value is computed: the products are taken in another
 * order. For every head,
 *
 * <pre>
 * q = c·Wqᵀ + bq;  u = q·Wk;  p = softmax(u·yᵀ/√d);  z = p·y;  o = z·Wvᵀ + bv
 * </pre>
 *
 * which is softmax(q·kᵀ/√d)·v for k = y·Wkᵀ + bk and v = y·Wvᵀ + bv: q·bk shifts all scores of a
 * query alike, and the p of a query sum to 1.
 */
public final class ClassAttentionOp extends FusedOp {
  static {
    FusedOps.register(List.of(ClassAttentionOp::new, Gradient::new));
  }

  // Outputs: o, and what the gradient reads.
  private static final int O = 0;
  private static final int Q = 1; // (B, D)
  private static final int U = 2; // (B·H, D)
  private static final int P = 3; // (B·H, N)
  private static final int Z = 4; // (B·H, D)

  public ClassAttentionOp() {}

  ClassAttentionOp(
      SameDiff graph, SDVariable y, SDVariable weight, SDVariable bias, int tokens, int heads) {
    super(graph, y, weight, bias);
    addIArgument(tokens, heads);
  }

  /** Letters of the equations, and places in W. */
  private record Sizes(int B, int N, int H, int D) {
    static Sizes of(FusedOp op, long[] y) {
      return new Sizes((int) y[0] / op.ints(0), op.ints(0), op.ints(1), (int) y[1]);
    }

    int d() {
      return D / H;
    }

    float scale() {
      return (float) (1 / Math.sqrt(d()));
    }

    int queryWeight(int h) {
      return h * d() * D;
    }

    int keyWeight(int h) {
      return (D + h * d()) * D;
    }

    int valueWeight(int h) {
      return (2 * D + h * d()) * D;
    }
  }

  @Override
  public int getNumOutputs() {
    return 5;
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    Sizes s = Sizes.of(this, inputs.get(0));
    long[] rows = {s.B, s.D};
    long[] ofHeads = {(long) s.B * s.H, s.D};
    return List.of(rows, rows, ofHeads, new long[] {(long) s.B * s.H, s.N}, ofHeads);
  }

  @Override
  protected Runnable bind(Memory m) {
    Sizes s = Sizes.of(this, m.shape(0));
    int B = s.B;
    int N = s.N;
    int H = s.H;
    int D = s.D;
    int d = s.d();
    ScratchLayout layout = new ScratchLayout();
    int qAt = layout.take((long) B * D);
    int uAt = layout.take((long) B * H * D);
    int pAt = layout.take((long) B * H * N);
    int zAt = layout.take((long) B * H * D);
    Floats scratch = m.scratch(layout.size());
    boolean kept = m.out(Q) != null;
    Floats q = kept ? m.out(Q) : scratch;
    Floats u = kept ? m.out(U) : scratch;
    Floats p = kept ? m.out(P) : scratch;
    Floats z = kept ? m.out(Z) : scratch;
    int q0 = kept ? 0 : qAt;
    int u0 = kept ? 0 : uAt;
    int p0 = kept ? 0 : pAt;
    int z0 = kept ? 0 : zAt;
    Floats y = m.in(0);
    Floats w = m.in(1);
    Floats bias = m.in(2);
    Floats o = m.out(O);
    Kernels k = Kernels.active();
    Workers workers = m.workers();
    return () -> {
      workers.run(
          H,
          h -> { // q = c·Wqᵀ + bq;  u = q·Wk
            int at = q0 + h * d;
            Gemm.multiply(
                false, true, B, d, D, 1, y, 0, N * D, w, s.queryWeight(h), D, 0, q, at, D);
            for (int b = 0; b < B; b++) {
              k.add(bias, h * d, q, at + b * D, d);
            }
            Gemm.multiply(
                false, false, B, D, d, 1, q, at, D, w, s.keyWeight(h), D, 0, u, u0 + h * D, H * D);
          });
      workers.run(
          B,
          b -> { // p = softmax(u·yᵀ/√d);  z = p·y
            int rows = b * H;
            int image = b * N * D;
            int at = p0 + rows * N;
            Gemm.multiply(
                false, true, H, N, D, s.scale(), u, u0 + rows * D, D, y, image, D, 0, p, at, N);
            k.softmax(p, at, N, H, N);
            Gemm.multiply(false, false, H, D, N, 1, p, at, N, y, image, D, 0, z, z0 + rows * D, D);
          });
      workers.run(
          H,
          h -> { // o = z·Wvᵀ + bv
            int at = z0 + h * D;
            Gemm.multiply(
                false, true, B, d, D, 1, z, at, H * D, w, s.valueWeight(h), D, 0, o, h * d, D);
            for (int b = 0; b < B; b++) {
              k.add(bias, 2 * D + h * d, o, b * D + h * d, d);
            }
          });
    };
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    SDVariable[] own = outputVariables();
    Gradient gradient =
        new Gradient(sameDiff, arg(0), arg(1), own[Q], own[U], own[P], own[Z], gradients.get(0));
    gradient.addIArgument(ints(0), ints(1));
    return outputs(gradient);
  }

  /**
   * (y, W, q, u, p, z, do) → dy, dW, db.
   *
   * <pre>
   * dz = do·Wv;  dp = dz·yᵀ;  ds = p ⊙ (dp − Σ p·dp)/√d;  du = ds·y;  dq = du·Wkᵀ
   * dy = pᵀ·dz + dsᵀ·u, and dq·Wq more in the class rows
   * </pre>
   */
  public static final class Gradient extends FusedOp {
    public Gradient() {}

    Gradient(SameDiff graph, SDVariable... inputs) {
      super(graph, inputs);
    }

    @Override
    public int getNumOutputs() {
      return 3;
    }

    @Override
    protected List<long[]> outputShapes(List<long[]> inputs) {
      long[] weight = inputs.get(1);
      return List.of(inputs.get(0), weight, new long[] {weight[0]});
    }

    @Override
    protected Runnable bind(Memory m) {
      Sizes s = Sizes.of(this, m.shape(0));
      int B = s.B;
      int N = s.N;
      int H = s.H;
      int D = s.D;
      int d = s.d();
      ScratchLayout layout = new ScratchLayout();
      int dzAt = layout.take((long) B * H * D);
      int dsAt = layout.take((long) B * H * N);
      int duAt = layout.take((long) B * H * D);
      int dqAt = layout.take((long) B * D);
      int dyAt = layout.take((long) B * N * D);
      int dwAt = layout.take(3L * D * D);
      int dbAt = layout.take(3L * D);
      Floats scratch = m.scratch(layout.size());
      Floats y = m.in(0);
      Floats w = m.in(1);
      Floats q = m.in(2);
      Floats u = m.in(3);
      Floats p = m.in(4);
      Floats z = m.in(5);
      Floats dO = m.in(6);
      Floats dy = m.out(0) != null ? m.out(0) : scratch;
      Floats dw = m.out(1) != null ? m.out(1) : scratch;
      Floats db = m.out(2) != null ? m.out(2) : scratch;
      int dy0 = m.out(0) != null ? 0 : dyAt;
      int dw0 = m.out(1) != null ? 0 : dwAt;
      int db0 = m.out(2) != null ? 0 : dbAt;
      Kernels k = Kernels.active();
      Workers workers = m.workers();
      return () -> {
        workers.run(
            H,
            h -> { // dz = do·Wv;  dWv = doᵀ·z;  dbv = Σ do
              int wv = s.valueWeight(h);
              int at = h * D;
              Gemm.multiply(
                  false, false, B, D, d, 1, dO, h * d, D, w, wv, D, 0, scratch, dzAt + at, H * D);
              Gemm.multiply(
                  true, false, d, D, B, 1, dO, h * d, D, z, at, H * D, 0, dw, dw0 + wv, D);
              int bv = db0 + 2 * D + h * d;
              k.zero(db, bv, d);
              k.columnSums(dO, h * d, D, db, bv, B, d);
            });
        workers.run(
            B,
            b -> {
              int rows = b * H;
              int image = b * N * D;
              int dz = dzAt + rows * D;
              int ds = dsAt + rows * N;
              // dp = dz·yᵀ;  ds = p ⊙ (dp − Σ p·dp)
              Gemm.multiply(
                  false, true, H, N, D, 1, scratch, dz, D, y, image, D, 0, scratch, ds, N);
              k.softmaxBackward(p, rows * N, scratch, ds, N, H, N);
              // dy = pᵀ·dz + dsᵀ·u/√d;  du = ds·y/√d
              int to = dy0 + image;
              Gemm.multiply(true, false, N, D, H, 1, p, rows * N, N, scratch, dz, D, 0, dy, to, D);
              Gemm.multiply(
                  true, false, N, D, H, s.scale(), scratch, ds, N, u, rows * D, D, 1, dy, to, D);
              int du = duAt + rows * D;
              Gemm.multiply(
                  false, false, H, D, N, s.scale(), scratch, ds, N, y, image, D, 0, scratch, du, D);
            });
        workers.run(
            H,
            h -> { // dq = du·Wkᵀ;  dWk = qᵀ·du;  dWq = dqᵀ·c;  dbq = Σ dq
              int wk = s.keyWeight(h);
              int wq = s.queryWeight(h);
              int du = duAt + h * D;
              int dq = dqAt + h * d;
              Gemm.multiply(
                  false, true, B, d, D, 1, scratch, du, H * D, w, wk, D, 0, scratch, dq, D);
              Gemm.multiply(
                  true, false, d, D, B, 1, q, h * d, D, scratch, du, H * D, 0, dw, dw0 + wk, D);
              Gemm.multiply(
                  true, false, d, D, B, 1, scratch, dq, D, y, 0, N * D, 0, dw, dw0 + wq, D);
              k.zero(db, db0 + h * d, d);
              k.columnSums(scratch, dq, D, db, db0 + h * d, B, d);
              // dbk = Σ_b q·Σ_n ds: nothing but rounding, as in any other order of the products
              k.zero(db, db0 + D + h * d, d);
              for (int b = 0; b < B; b++) {
                float shift = (float) k.sum(scratch, dsAt + (b * H + h) * N, N) * s.scale();
                k.axpy(shift, q, b * D + h * d, db, db0 + D + h * d, d);
              }
            });
        // The class rows' way over the query.
        Gemm.multiply(false, false, B, D, D, 1, scratch, dqAt, D, w, 0, D, 1, dy, dy0, N * D);
      };
    }
  }
}
