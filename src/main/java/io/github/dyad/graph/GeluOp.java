package io.github.dyad.graph;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Kernels;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** y = x·Φ(x). */
public final class GeluOp extends FusedOp {
  static {
    FusedOps.register(List.of(GeluOp::new, Gradient::new));
  }

  public GeluOp() {}

  GeluOp(SameDiff graph, SDVariable x) {
    super(graph, x);
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    return List.of(inputs.get(0));
  }

  @Override
  protected Runnable bind(Memory m) {
    Floats x = m.in(0);
    Floats y = m.out(0);
    return Split.overElements(
        m.workers(), x.size(), (from, count) -> Kernels.active().gelu(x, from, y, from, count));
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return outputs(new Gradient(sameDiff, arg(0), gradients.get(0)));
  }

  /** (x, dy) → dx. */
  public static final class Gradient extends FusedOp {
    public Gradient() {}

    Gradient(SameDiff graph, SDVariable... inputs) {
      super(graph, inputs);
    }

    @Override
    protected List<long[]> outputShapes(List<long[]> inputs) {
      return List.of(inputs.get(0));
    }

    @Override
    protected Runnable bind(Memory m) {
      Floats x = m.in(0);
      Floats dy = m.in(1);
      Floats dx = m.out(0);
      return Split.overElements(
          m.workers(),
          x.size(),
          (from, count) -> Kernels.active().geluBackward(x, from, dy, from, dx, from, count));
    }
  }
}
