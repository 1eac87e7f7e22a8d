package io.github.dyad.graph;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Kernels;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** y = (x − μ)/√(σ² + ε)·γ + β; (x (rows, D), γ, β) → y, stats (rows, 2). */
public final class LayerNormOp extends FusedOp {
  static {
    FusedOps.register(List.of(LayerNormOp::new, Gradient::new));
  }

  public LayerNormOp() {}

  LayerNormOp(SameDiff graph, SDVariable x, SDVariable gamma, SDVariable beta, double epsilon) {
    super(graph, x, gamma, beta);
    addTArgument(epsilon);
  }

  @Override
  public int getNumOutputs() {
    return 2;
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    return List.of(inputs.get(0), new long[] {inputs.get(0)[0], 2});
  }

  @Override
  protected Runnable bind(Memory m) {
    Floats x = m.in(0);
    Floats gamma = m.in(1);
    Floats beta = m.in(2);
    Floats y = m.out(0);
    Floats stats = m.out(1);
    int rows = (int) m.shape(0)[0];
    int D = (int) m.shape(0)[1];
    double epsilon = real(0);
    int tasks = Split.rows(rows);
    return () ->
        m.workers()
            .run(
                tasks,
                t -> {
                  int r = Split.start(rows, tasks, t);
                  int n = Split.start(rows, tasks, t + 1) - r;
                  Kernels.active()
                      .layerNorm(
                          x, r * D, gamma, 0, beta, 0, epsilon, y, r * D, stats, 2 * r, n, D);
                });
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    SDVariable stats = outputVariables()[1];
    return outputs(new Gradient(sameDiff, arg(0), arg(1), stats, gradients.get(0)));
  }

  /** (x, γ, stats, dy) → dx, dγ, dβ. */
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
      return List.of(inputs.get(0), inputs.get(1), inputs.get(1));
    }

    @Override
    protected Runnable bind(Memory m) {
      Floats x = m.in(0);
      Floats gamma = m.in(1);
      Floats stats = m.in(2);
      Floats dy = m.in(3);
      int rows = (int) m.shape(0)[0];
      int D = (int) m.shape(0)[1];
      int tasks = Split.rows(rows);
      Partials partials = new Partials(m, tasks, 2 * D, (long) rows * D);
      Floats dx = m.out(0) == null ? partials.rest() : m.out(0);
      return () -> {
        m.workers()
            .run(
                tasks,
                t -> {
                  int r = Split.start(rows, tasks, t);
                  int n = Split.start(rows, tasks, t + 1) - r;
                  Floats sums = partials.cleared(t);
                  int at = partials.at(t);
                  Kernels.active()
                      .layerNormBackward(
                          x, r * D, gamma, 0, stats, 2 * r, dy, r * D, dx, r * D, false, sums, at,
                          sums, at + D, n, D);
                });
        partials.total(0, D, m.out(1));
        partials.total(D, D, m.out(2));
      };
    }
  }
}
