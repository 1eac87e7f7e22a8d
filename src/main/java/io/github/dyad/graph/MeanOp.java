package io.github.dyad.graph;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Kernels;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** y = (x_1 + … + x_n)/n of equally shaped values. */
public final class MeanOp extends FusedOp {
  static {
    FusedOps.register(List.of(MeanOp::new, Gradient::new));
  }

  public MeanOp() {}

  MeanOp(SameDiff graph, SDVariable... values) {
    super(graph, values);
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    return List.of(inputs.get(0));
  }

  @Override
  protected Runnable bind(Memory m) {
    int n = args().length;
    Floats[] xs = new Floats[n];
    for (int i = 0; i < n; i++) {
      xs[i] = m.in(i);
    }
    Floats y = m.out(0);
    int count = xs[0].size();
    int tasks = Split.elements(count);
    int[][] at = new int[tasks][n];
    for (int t = 0; t < tasks; t++) {
      java.util.Arrays.fill(at[t], Split.start(count, tasks, t));
    }
    return () ->
        m.workers()
            .run(
                tasks,
                t -> {
                  int from = Split.start(count, tasks, t);
                  int length = Split.start(count, tasks, t + 1) - from;
                  Kernels.active().mean(xs, at[t], y, from, length);
                });
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    int n = args().length;
    SDVariable share = new Gradient(sameDiff, n, gradients.get(0)).outputVariable();
    return Collections.nCopies(n, share);
  }

  /** dy → dy/n, the same for every x_i. */
  public static final class Gradient extends FusedOp {
    public Gradient() {}

    Gradient(SameDiff graph, int n, SDVariable dy) {
      super(graph, dy);
      addIArgument(n);
    }

    @Override
    protected List<long[]> outputShapes(List<long[]> inputs) {
      return List.of(inputs.get(0));
    }

    @Override
    protected Runnable bind(Memory m) {
      Floats dy = m.in(0);
      Floats dx = m.out(0);
      float share = 1f / ints(0);
      return Split.overElements(
          m.workers(),
          dy.size(),
          (from, count) -> Kernels.active().scale(share, dy, from, dx, from, count));
    }
  }
}
