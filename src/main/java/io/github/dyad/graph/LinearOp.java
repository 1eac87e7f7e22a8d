package io.github.dyad.graph;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Gemm;
import io.github.dyad.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** y = x·Wᵀ + b; (x (rows, in), W (out, in), b (out)) → y (rows, out). */
public final class LinearOp extends FusedOp {
  static {
    FusedOps.register(List.of(LinearOp::new, Gradient::new));
  }

  public LinearOp() {}

  LinearOp(SameDiff graph, SDVariable x, SDVariable weight, SDVariable bias) {
    super(graph, x, weight, bias);
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    return List.of(new long[] {inputs.get(0)[0], inputs.get(1)[0]});
  }

  @Override
  protected Runnable bind(Memory m) {
    Floats x = m.in(0);
    Floats weight = m.in(1);
    Floats bias = m.in(2);
    Floats y = m.out(0);
    int rows = (int) m.shape(0)[0];
    int in = (int) m.shape(1)[1];
    int out = (int) m.shape(1)[0];
    int tasks = Split.rows(rows);
    return () ->
        m.workers()
            .run(
                tasks,
                t -> {
                  int r = Split.start(rows, tasks, t);
                  int n = Split.start(rows, tasks, t + 1) - r;
                  Gemm.linear(x, r * in, weight, 0, y, r * out, n, in, out);
                  Kernels.active().addBias(bias, 0, y, r * out, n, out);
                });
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return outputs(new Gradient(sameDiff, arg(0), arg(1), gradients.get(0)));
  }

  /** (x, W, dy) → dx = dy·W, dW = dyᵀ·x, db = Σ_rows dy. */
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
      Floats x = m.in(0);
      Floats weight = m.in(1);
      Floats dy = m.in(2);
      Floats dx = m.out(0);
      Floats dWeight = m.out(1);
      Floats dBias = m.out(2);
      int rows = (int) m.shape(0)[0];
      int in = (int) m.shape(1)[1];
      int out = (int) m.shape(1)[0];
      int tasks = Split.rows(rows);
      List<Runnable> pieces =
          dWeight == null ? List.of() : weightGradient(dy, 0, x, 0, dWeight, rows, in, out);
      Partials partials = new Partials(m, tasks, out, 0);
      return () -> {
        m.workers()
            .run(
                tasks,
                t -> {
                  int r = Split.start(rows, tasks, t);
                  int n = Split.start(rows, tasks, t + 1) - r;
                  if (dx != null) {
                    Gemm.linearInputGradient(dy, r * out, weight, 0, dx, r * in, n, in, out);
                  }
                  Floats sums = partials.cleared(t);
                  Kernels.active().columnSums(dy, r * out, out, sums, partials.at(t), n, out);
                });
        m.workers().run(pieces.size(), p -> pieces.get(p).run());
        partials.total(0, out, dBias);
      };
    }
  }

  /** The tasks of dW = dyᵀ·x (out, in): pieces of its rows or its columns, whichever are more. */
  static List<Runnable> weightGradient(
      Floats dy, int dyAt, Floats x, int xAt, Floats dWeight, int rows, int in, int out) {
    int pieces = Split.pieces(out, in);
    List<Runnable> all = new ArrayList<>();
    for (int p = 0; p < pieces; p++) {
      int from = Split.start(Math.max(out, in), pieces, p);
      int count = Split.start(Math.max(out, in), pieces, p + 1) - from;
      boolean ofRows = out >= in;
      int m = ofRows ? count : out;
      int n = ofRows ? in : count;
      int dyFrom = dyAt + (ofRows ? from : 0);
      int xFrom = xAt + (ofRows ? 0 : from);
      int to = ofRows ? from * in : from;
      all.add(
          () ->
              Gemm.multiply(
                  true, false, m, n, rows, 1, dy, dyFrom, out, x, xFrom, in, 0, dWeight, to, in));
    }
    return all;
  }
}
