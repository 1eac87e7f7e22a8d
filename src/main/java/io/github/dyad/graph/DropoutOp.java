package io.github.dyad.graph;

import io.github.dyad.kernel.Dropout;
import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Kernels;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Inverted dropout of (x (B·N, columns), state [seed, step]); the gradient is the same op. */
public final class DropoutOp extends FusedOp {
  static {
    FusedOps.register(List.of(DropoutOp::new));
  }

  public DropoutOp() {}

  DropoutOp(SameDiff graph, SDVariable x, SDVariable state, int tokens, int site, double rate) {
    super(graph, x, state);
    addIArgument(tokens, site);
    addTArgument(rate);
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    return List.of(inputs.get(0));
  }

  @Override
  protected Runnable bind(Memory m) {
    Floats x = m.in(0);
    INDArray state = m.array(1);
    Floats y = m.out(0);
    int tokens = ints(0);
    int site = ints(1);
    double rate = real(0);
    int images = (int) m.shape(0)[0] / tokens;
    int size = tokens * (int) m.shape(0)[1];
    return () -> {
      long seed = state.getLong(0);
      long step = state.getLong(1);
      m.workers()
          .run(
              images,
              b -> {
                long key = Dropout.key(seed, step, b, site);
                Kernels.active().dropout(key, 0, rate, x, b * size, y, b * size, size);
              });
    };
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return outputs(new DropoutOp(sameDiff, gradients.get(0), arg(1), ints(0), ints(1), real(0)));
  }
}
