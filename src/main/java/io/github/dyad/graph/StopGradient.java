package io.github.dyad.graph;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The value without its gradient. SameDiff M2.1 has no op for this (its native {@code bitcast},
 * which would break the path of gradients, copies whole buffers); to a {@link Plan} it is a view.
 */
public final class StopGradient extends FusedOp {
  static {
    FusedOps.register(List.of(StopGradient::new));
  }

  public StopGradient() {}

  private StopGradient(SameDiff graph, SDVariable x) {
    super(graph, x);
  }

  public static SDVariable of(SameDiff graph, SDVariable x) {
    return new StopGradient(graph, x).outputVariable();
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    return List.of(inputs.get(0));
  }

  @Override
  protected Runnable bind(Memory memory) {
    throw new IllegalStateException("a view is not executed");
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(sameDiff.zerosLike(arg(0)));
  }
}
