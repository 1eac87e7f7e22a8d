package io.github.dyad.graph;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Gemm;
import io.github.dyad.kernel.Kernels;
import io.github.dyad.kernel.LinearAttention;
import io.github.dyad.kernel.SoftmaxAttention;
import io.github.dyad.kernel.Workers;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The gradient of {@link BlockOp}: (its inputs, its kept outputs, dy) → gradients of its inputs, in
 * their order.
 *
 * <pre>
 * dz2 = γ2 ⊙ dy;  du = (dz2·W2) ⊙ gelu'(u);  dx1 = dy + LN'(du·W1)
 * dz1 = γ1 ⊙ dx1;  do = dz1·Wproj;  dqkv = Attention'(do);  dx = dx1 + LN'(dqkv·Wqkv)
 * </pre>
 *
 * {@link RowTasks} cuts the way down to dx: rows to do, attention heads, rows to dx. Then come the
 * weight gradients, dyᵀ·x of the four linear layers, in pieces. Sums over rows are made a task each
 * and then added in the order of the tasks.
 */
public final class BlockGradientOp extends FusedOp {
  public BlockGradientOp() {}

  BlockGradientOp(SameDiff graph, List<SDVariable> inputs) {
    super(graph, inputs.toArray(SDVariable[]::new));
  }

  private boolean layerScale() {
    return ints(3) == 1;
  }

  private int forwardInputs() {
    return layerScale() ? 15 : 13;
  }

  @Override
  public int getNumOutputs() {
    return iArguments.size() < 4 ? 1 : forwardInputs();
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    return new ArrayList<>(inputs.subList(0, forwardInputs()));
  }

  @Override
  protected Runnable bind(Memory m) {
    BlockOp.Sizes s = BlockOp.Sizes.of(this, m.shape(BlockOp.X), m.shape(BlockOp.FC1_WEIGHT));
    return new Pass(m, s).sweeps();
  }

  /** Everything one gradient pass touches, by the names of the equations. */
  private final class Pass {
    private final Memory m;
    private final BlockOp.Sizes s;
    private final int D;
    private final int hidden;
    private final int rows;
    private final RowTasks tasks;
    private final int most;
    private final double epsilon = real(0);
    private final Kernels k = Kernels.active();
    private final Partials sums;
    private final Floats scratch;
    private final Floats dy;
    private final Floats gamma1;
    private final Floats gamma2;

    // Scratch: rows of every token.
    private final int dz2;
    private final int du;
    private final int dx1;
    private final int dz1;
    private final int dO;
    private final int dqkv;
    private final int n1;
    private final int n2;
    // Scratch: one region a worker.
    private final int dn;
    private final int attention;
    private final int attentionSize;

    // Places of the row sums within a task's partials.
    private final int sumGamma2 = 0;
    private final int sumFc2Bias;
    private final int sumFc1Bias;
    private final int sumNorm2Weight;
    private final int sumNorm2Bias;
    private final int sumGamma1;
    private final int sumProjBias;
    private final int sumQkvBias;
    private final int sumNorm1Weight;
    private final int sumNorm1Bias;

    Pass(Memory m, BlockOp.Sizes s) {
      this.m = m;
      this.s = s;
      D = s.D();
      hidden = s.hidden();
      rows = s.rows();
      tasks = s.tasks();
      most = tasks.largest();
      sumFc2Bias = sumGamma2 + D;
      sumFc1Bias = sumFc2Bias + D;
      sumNorm2Weight = sumFc1Bias + hidden;
      sumNorm2Bias = sumNorm2Weight + D;
      sumGamma1 = sumNorm2Bias + D;
      sumProjBias = sumGamma1 + D;
      sumQkvBias = sumProjBias + D;
      sumNorm1Weight = sumQkvBias + 3 * D;
      sumNorm1Bias = sumNorm1Weight + D;
      int sumSize = sumNorm1Bias + D;

      ScratchLayout layout = new ScratchLayout();
      long wide = (long) rows * D;
      dz2 = layout.take(wide);
      du = layout.take((long) rows * hidden);
      dx1 = layout.take(wide);
      dz1 = layout.take(wide);
      dO = layout.take(wide);
      dqkv = layout.take(3 * wide);
      n1 = layout.take(wide);
      n2 = layout.take(wide);
      dn = layout.takePerWorker(m.workers(), (long) most * D);
      attentionSize =
          s.linear()
              ? LinearAttention.scratch(s.attention())
              : SoftmaxAttention.backwardScratch(s.attention());
      attention = layout.takePerWorker(m.workers(), attentionSize);
      sums = new Partials(m, tasks.count(), sumSize, layout.size());
      scratch = sums.rest();
      dy = m.in(args().length - 1);
      gamma1 = layerScale() ? m.in(BlockOp.GAMMA1) : null;
      gamma2 = layerScale() ? m.in(BlockOp.GAMMA2) : null;
    }

    /** A kept output of the forward op; they follow its inputs. */
    private Floats kept(int output) {
      return m.in(forwardInputs() + output - 1);
    }

    private Floats gradient(int input) {
      return m.out(input);
    }

    Runnable sweeps() {
      Runnable down = tasks.pass(m.workers(), mlpAndProjection(), attention(), queryKeyValue());
      Runnable weights = weights();
      Runnable totals = totals();
      return () -> {
        down.run();
        weights.run();
        totals.run();
      };
    }

    private Workers.Body mlpAndProjection() {
      Floats x1 = kept(BlockOp.X1);
      Floats slope = kept(BlockOp.SLOPE);
      Floats stats2 = kept(BlockOp.STATS2);
      Floats z1 = layerScale() ? kept(BlockOp.Z1) : null;
      Floats z2 = layerScale() ? kept(BlockOp.Z2) : null;
      Floats fc1 = m.in(BlockOp.FC1_WEIGHT);
      Floats fc2 = m.in(BlockOp.FC2_WEIGHT);
      Floats proj = m.in(BlockOp.PROJ_WEIGHT);
      Floats norm2Weight = m.in(BlockOp.NORM2_WEIGHT);
      Floats norm2Bias = m.in(BlockOp.NORM2_BIAS);
      return (worker, t) -> {
        int r = tasks.start(t);
        int n = tasks.rows(t);
        int row = r * D;
        int wide = r * hidden;
        Floats sum = sums.cleared(t);
        int at = sums.at(t);
        // dz2 = γ2 ⊙ dy
        k.residualBackward(
            dy,
            row,
            z2,
            row,
            gamma2,
            0,
            gamma2 == null ? null : sum,
            at + sumGamma2,
            sum,
            at + sumFc2Bias,
            scratch,
            dz2 + row,
            n,
            D);
        // du = (dz2·W2) ⊙ gelu'(u)
        Gemm.linearInputGradient(scratch, dz2 + row, fc2, 0, scratch, du + wide, n, hidden, D);
        k.multiply(slope, wide, scratch, du + wide, scratch, du + wide, n * hidden);
        k.columnSums(scratch, du + wide, hidden, sum, at + sumFc1Bias, n, hidden);
        // dx1 = dy + LN'(du·W1)
        int dn2 = dn + worker * most * D;
        Gemm.linearInputGradient(scratch, du + wide, fc1, 0, scratch, dn2, n, D, hidden);
        k.layerNorm(
            x1, row, norm2Weight, 0, norm2Bias, 0, epsilon, scratch, n2 + row, null, 0, n, D);
        k.copy(dy, row, scratch, dx1 + row, n * D);
        k.layerNormBackward(
            x1,
            row,
            norm2Weight,
            0,
            stats2,
            2 * r,
            scratch,
            dn2,
            scratch,
            dx1 + row,
            true,
            sum,
            at + sumNorm2Weight,
            sum,
            at + sumNorm2Bias,
            n,
            D);
        // dz1 = γ1 ⊙ dx1;  do = dz1·Wproj
        k.residualBackward(
            scratch,
            dx1 + row,
            z1,
            row,
            gamma1,
            0,
            gamma1 == null ? null : sum,
            at + sumGamma1,
            sum,
            at + sumProjBias,
            scratch,
            dz1 + row,
            n,
            D);
        Gemm.linearInputGradient(scratch, dz1 + row, proj, 0, scratch, dO + row, n, D, D);
      };
    }

    private Workers.Body attention() {
      Floats qkv = kept(BlockOp.QKV);
      Floats o = kept(BlockOp.O);
      Floats logSums = kept(BlockOp.LOG_SUMS);
      int N = s.tokens();
      int heads = s.attention().heads();
      return (worker, t) -> {
        int b = t / heads;
        int head = t % heads;
        int row = b * N * D;
        int free = attention + worker * attentionSize;
        if (s.linear()) {
          LinearAttention.backward(
              k,
              s.attention(),
              head,
              (float) Layers.TINY,
              qkv,
              3 * row,
              o,
              row,
              scratch,
              dO + row,
              scratch,
              dqkv + 3 * row,
              scratch,
              free);
        } else {
          SoftmaxAttention.backward(
              k,
              s.attention(),
              head,
              qkv,
              3 * row,
              o,
              row,
              logSums,
              t * N,
              scratch,
              dO + row,
              scratch,
              dqkv + 3 * row,
              scratch,
              free);
        }
      };
    }

    private Workers.Body queryKeyValue() {
      Floats x = m.in(BlockOp.X);
      Floats stats1 = kept(BlockOp.STATS1);
      Floats qkvWeight = m.in(BlockOp.QKV_WEIGHT);
      Floats norm1Weight = m.in(BlockOp.NORM1_WEIGHT);
      Floats norm1Bias = m.in(BlockOp.NORM1_BIAS);
      Floats dx = gradient(BlockOp.X);
      return (worker, t) -> {
        int r = tasks.start(t);
        int n = tasks.rows(t);
        int row = r * D;
        Floats sum = sums.region();
        int at = sums.at(t);
        k.columnSums(scratch, dqkv + 3 * row, 3 * D, sum, at + sumQkvBias, n, 3 * D);
        int dn1 = dn + worker * most * D;
        Gemm.linearInputGradient(scratch, dqkv + 3 * row, qkvWeight, 0, scratch, dn1, n, D, 3 * D);
        k.layerNorm(
            x, row, norm1Weight, 0, norm1Bias, 0, epsilon, scratch, n1 + row, null, 0, n, D);
        // dx = dx1 + LN'(dqkv·Wqkv); without a reader only γ and β take part
        Floats target = dx == null ? scratch : dx;
        int to = dx == null ? dx1 + row : row;
        if (dx != null) {
          k.copy(scratch, dx1 + row, dx, row, n * D);
        }
        k.layerNormBackward(
            x,
            row,
            norm1Weight,
            0,
            stats1,
            2 * r,
            scratch,
            dn1,
            target,
            to,
            true,
            sum,
            at + sumNorm1Weight,
            sum,
            at + sumNorm1Bias,
            n,
            D);
      };
    }

    /** dW = dyᵀ·x of the four linear layers; workers take the last, the largest, first. */
    private Runnable weights() {
      List<Runnable> pieces = new ArrayList<>();
      addPieces(pieces, dz1, 0, kept(BlockOp.O), BlockOp.PROJ_WEIGHT, D, D);
      addPieces(pieces, dqkv, n1, scratch, BlockOp.QKV_WEIGHT, D, 3 * D);
      addPieces(pieces, dz2, 0, kept(BlockOp.H), BlockOp.FC2_WEIGHT, hidden, D);
      addPieces(pieces, du, n2, scratch, BlockOp.FC1_WEIGHT, D, hidden);
      return () -> m.workers().run(pieces.size(), p -> pieces.get(p).run());
    }

    private void addPieces(
        List<Runnable> all, int dOut, int inAt, Floats input, int weight, int in, int out) {
      Floats dWeight = gradient(weight);
      if (dWeight != null) {
        all.addAll(LinearOp.weightGradient(scratch, dOut, input, inAt, dWeight, rows, in, out));
      }
    }

    private Runnable totals() {
      record Total(int from, int count, Floats target) {}
      List<Total> all = new ArrayList<>();
      all.add(new Total(sumNorm1Weight, D, gradient(BlockOp.NORM1_WEIGHT)));
      all.add(new Total(sumNorm1Bias, D, gradient(BlockOp.NORM1_BIAS)));
      all.add(new Total(sumQkvBias, 3 * D, gradient(BlockOp.QKV_BIAS)));
      all.add(new Total(sumProjBias, D, gradient(BlockOp.PROJ_BIAS)));
      all.add(new Total(sumNorm2Weight, D, gradient(BlockOp.NORM2_WEIGHT)));
      all.add(new Total(sumNorm2Bias, D, gradient(BlockOp.NORM2_BIAS)));
      all.add(new Total(sumFc1Bias, hidden, gradient(BlockOp.FC1_BIAS)));
      all.add(new Total(sumFc2Bias, D, gradient(BlockOp.FC2_BIAS)));
      if (layerScale()) {
        all.add(new Total(sumGamma1, D, gradient(BlockOp.GAMMA1)));
        all.add(new Total(sumGamma2, D, gradient(BlockOp.GAMMA2)));
      }
      return () -> all.forEach(total -> sums.total(total.from, total.count, total.target));
    }
  }
}
