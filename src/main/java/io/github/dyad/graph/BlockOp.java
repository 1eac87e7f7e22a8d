package io.github.dyad.graph;

import io.github.dyad.graph.TransformerBlock.Attention;
import io.github.dyad.kernel.AttentionShape;
import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Gemm;
import io.github.dyad.kernel.Kernels;
import io.github.dyad.kernel.LinearAttention;
import io.github.dyad.kernel.SoftmaxAttention;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A whole pre-norm block as one op.
 *
 * <pre>
 * n1 = LN(x);  qkv = n1·Wqkvᵀ + b;  o = Attention(qkv);  z1 = o·Wprojᵀ + b;  x1 = x + γ1 ⊙ z1
 * n2 = LN(x1);  u = n2·W1ᵀ + b;  h = gelu(u);  z2 = h·W2ᵀ + b;  y = x1 + γ2 ⊙ z2
 * </pre>
 *
 * Rows are independent but for the attention: {@link RowTasks} cuts the work. What the gradient
 * needs is kept as further outputs, gelu'(u) in the place of u; n1 and n2 are computed anew there.
 */
public final class BlockOp extends FusedOp {
  static {
    FusedOps.register(List.of(BlockOp::new, BlockGradientOp::new));
  }

  // Inputs.
  static final int X = 0;
  static final int NORM1_WEIGHT = 1;
  static final int NORM1_BIAS = 2;
  static final int QKV_WEIGHT = 3;
  static final int QKV_BIAS = 4;
  static final int PROJ_WEIGHT = 5;
  static final int PROJ_BIAS = 6;
  static final int NORM2_WEIGHT = 7;
  static final int NORM2_BIAS = 8;
  static final int FC1_WEIGHT = 9;
  static final int FC1_BIAS = 10;
  static final int FC2_WEIGHT = 11;
  static final int FC2_BIAS = 12;
  static final int GAMMA1 = 13; // with LayerScale only
  static final int GAMMA2 = 14;

  // Outputs: y, and what the gradient reads.
  static final int Y = 0;
  static final int QKV = 1;
  static final int O = 2;
  static final int X1 = 3;
  static final int SLOPE = 4; // gelu'(u)
  static final int H = 5;
  static final int STATS1 = 6;
  static final int STATS2 = 7;
  static final int LOG_SUMS = 8; // softmax attention: log Σ exp of every query's scores
  static final int Z1 = 9; // with LayerScale only
  static final int Z2 = 10;

  public BlockOp() {}

  BlockOp(SameDiff graph, TransformerBlock block, int tokens, List<SDVariable> inputs) {
    super(graph, inputs.toArray(SDVariable[]::new));
    addIArgument(
        tokens,
        block.heads(),
        block.attention() == Attention.LINEAR ? 1 : 0,
        block.layerScale() ? 1 : 0);
    addTArgument(block.epsilon());
  }

  /** Sizes that forward and gradient share. */
  record Sizes(int rows, int D, int hidden, int images, AttentionShape attention, boolean linear) {
    static Sizes of(FusedOp op, long[] x, long[] fc1Weight) {
      int D = (int) x[1];
      AttentionShape shape = new AttentionShape(op.ints(0), D, op.ints(1));
      int rows = (int) x[0];
      return new Sizes(rows, D, (int) fc1Weight[0], rows / op.ints(0), shape, op.ints(2) == 1);
    }

    RowTasks tasks() {
      return new RowTasks(images, tokens(), attention.heads());
    }

    int tokens() {
      return attention.tokens();
    }
  }

  private boolean layerScale() {
    return ints(3) == 1;
  }

  @Override
  public int getNumOutputs() {
    return iArguments.isEmpty() ? 1 : layerScale() ? 11 : 9;
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    long[] x = inputs.get(X);
    long rows = x[0];
    long D = x[1];
    long hidden = inputs.get(FC1_WEIGHT)[0];
    List<long[]> shapes = new ArrayList<>();
    shapes.add(x);
    shapes.add(new long[] {rows, 3 * D});
    shapes.add(x);
    shapes.add(x);
    shapes.add(new long[] {rows, hidden});
    shapes.add(new long[] {rows, hidden});
    shapes.add(new long[] {rows, 2});
    shapes.add(new long[] {rows, 2});
    shapes.add(new long[] {rows / ints(0) * ints(1), ints(0)});
    if (layerScale()) {
      shapes.add(x);
      shapes.add(x);
    }
    return shapes;
  }

  @Override
  protected Runnable bind(Memory m) {
    Sizes s = Sizes.of(this, m.shape(X), m.shape(FC1_WEIGHT));
    int D = s.D;
    int rows = s.rows;
    int hidden = s.hidden;
    RowTasks tasks = s.tasks();
    int most = tasks.largest();

    ScratchLayout layout = new ScratchLayout();
    int qkvAt = layout.take((long) rows * 3 * D);
    int oAt = layout.take((long) rows * D);
    int nAt = layout.takePerWorker(m.workers(), (long) most * D);
    int x1At = layout.takePerWorker(m.workers(), (long) most * D);
    int zAt = layout.takePerWorker(m.workers(), (long) most * D);
    int uAt = layout.takePerWorker(m.workers(), (long) most * hidden);
    int hAt = layout.takePerWorker(m.workers(), (long) most * hidden);
    int attentionSize =
        s.linear
            ? LinearAttention.scratch(s.attention)
            : SoftmaxAttention.forwardScratch(s.attention);
    int attentionAt = layout.takePerWorker(m.workers(), attentionSize);
    Floats scratch = m.scratch(layout.size());

    Floats x = m.in(X);
    Floats y = m.out(Y);
    Floats qkv = m.out(QKV) != null ? m.out(QKV) : scratch;
    int qkvFrom = m.out(QKV) != null ? 0 : qkvAt;
    Floats o = m.out(O) != null ? m.out(O) : scratch;
    int oFrom = m.out(O) != null ? 0 : oAt;
    Floats x1 = m.out(X1);
    Floats slope = m.out(SLOPE);
    Floats kept = m.out(H);
    Floats stats1 = m.out(STATS1);
    Floats stats2 = m.out(STATS2);
    Floats logSums = m.out(LOG_SUMS);
    Floats z1 = layerScale() ? m.out(Z1) : null;
    Floats z2 = layerScale() ? m.out(Z2) : null;
    Floats gamma1 = layerScale() ? m.in(GAMMA1) : null;
    Floats gamma2 = layerScale() ? m.in(GAMMA2) : null;
    Floats norm1Weight = m.in(NORM1_WEIGHT);
    Floats norm1Bias = m.in(NORM1_BIAS);
    Floats qkvWeight = m.in(QKV_WEIGHT);
    Floats qkvBias = m.in(QKV_BIAS);
    Floats projWeight = m.in(PROJ_WEIGHT);
    Floats projBias = m.in(PROJ_BIAS);
    Floats norm2Weight = m.in(NORM2_WEIGHT);
    Floats norm2Bias = m.in(NORM2_BIAS);
    Floats fc1Weight = m.in(FC1_WEIGHT);
    Floats fc1Bias = m.in(FC1_BIAS);
    Floats fc2Weight = m.in(FC2_WEIGHT);
    Floats fc2Bias = m.in(FC2_BIAS);
    double epsilon = real(0);
    int N = s.tokens();
    int heads = s.attention.heads();
    Kernels k = Kernels.active();

    return tasks.pass(
        m.workers(),
        (worker, t) -> {
          int r = tasks.start(t);
          int n = tasks.rows(t);
          int norm = nAt + worker * most * D;
          // n1 = LN(x);  qkv = n1·Wqkvᵀ + b
          k.layerNorm(
              x, r * D, norm1Weight, 0, norm1Bias, 0, epsilon, scratch, norm, stats1, 2 * r, n, D);
          int to = qkvFrom + r * 3 * D;
          Gemm.linear(scratch, norm, qkvWeight, 0, qkv, to, n, D, 3 * D);
          k.addBias(qkvBias, 0, qkv, to, n, 3 * D);
        },
        (worker, head) -> { // o = Attention(qkv)
          int b = head / heads;
          int h = head % heads;
          int from = qkvFrom + b * N * 3 * D;
          int to = oFrom + b * N * D;
          int free = attentionAt + worker * attentionSize;
          if (s.linear) {
            LinearAttention.forward(
                k, s.attention, h, (float) Layers.TINY, qkv, from, o, to, scratch, free);
          } else {
            SoftmaxAttention.forward(
                k, s.attention, h, 0, N, qkv, from, o, to, logSums, head * N, scratch, free);
          }
        },
        (worker, t) -> {
          int r = tasks.start(t);
          int n = tasks.rows(t);
          int norm = nAt + worker * most * D;
          int z = zAt + worker * most * D;
          // z1 = o·Wprojᵀ + b;  x1 = x + γ1 ⊙ z1
          Floats z1Rows = z1 != null ? z1 : scratch;
          int z1From = z1 != null ? r * D : z;
          Gemm.linear(o, oFrom + r * D, projWeight, 0, z1Rows, z1From, n, D, D);
          Floats x1Rows = x1 != null ? x1 : scratch;
          int x1From = x1 != null ? r * D : x1At + worker * most * D;
          k.residual(x, r * D, projBias, 0, gamma1, 0, z1Rows, z1From, x1Rows, x1From, n, D);
          // n2 = LN(x1);  u = n2·W1ᵀ + b;  h = gelu(u)
          k.layerNorm(
              x1Rows,
              x1From,
              norm2Weight,
              0,
              norm2Bias,
              0,
              epsilon,
              scratch,
              norm,
              stats2,
              2 * r,
              n,
              D);
          Floats uRows = slope != null ? slope : scratch;
          int uFrom = slope != null ? r * hidden : uAt + worker * most * hidden;
          Floats hRows = kept != null ? kept : scratch;
          int hFrom = kept != null ? r * hidden : hAt + worker * most * hidden;
          Gemm.linear(scratch, norm, fc1Weight, 0, uRows, uFrom, n, D, hidden);
          if (slope != null) {
            k.biasGeluDerivative(fc1Bias, 0, uRows, uFrom, hRows, hFrom, n, hidden);
          } else {
            k.biasGelu(fc1Bias, 0, uRows, uFrom, hRows, hFrom, n, hidden);
          }
          // z2 = h·W2ᵀ + b;  y = x1 + γ2 ⊙ z2
          Floats z2Rows = z2 != null ? z2 : scratch;
          int z2From = z2 != null ? r * D : z;
          Gemm.linear(hRows, hFrom, fc2Weight, 0, z2Rows, z2From, n, hidden, D);
          k.residual(x1Rows, x1From, fc2Bias, 0, gamma2, 0, z2Rows, z2From, y, r * D, n, D);
        });
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> inputs = new ArrayList<>(Arrays.asList(args()));
    inputs.addAll(Arrays.asList(outputVariables()).subList(1, getNumOutputs()));
    inputs.add(gradients.get(0));
    BlockGradientOp gradient = new BlockGradientOp(sameDiff, inputs);
    for (int i = 0; i < 4; i++) {
      gradient.addIArgument(ints(i));
    }
    gradient.addTArgument(real(0));
    return outputs(gradient);
  }
}
