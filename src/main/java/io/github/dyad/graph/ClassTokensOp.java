package io.github.dyad.graph;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Kernels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** m times (B·N, D) → (B, m, D): the first row of every image. */
public final class ClassTokensOp extends FusedOp {
  static {
    FusedOps.register(List.of(ClassTokensOp::new, Gradient::new));
  }

  public ClassTokensOp() {}

  ClassTokensOp(SameDiff graph, int tokens, SDVariable... hidden) {
    super(graph, hidden);
    addIArgument(tokens);
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    long[] first = inputs.get(0);
    return List.of(new long[] {first[0] / ints(0), inputs.size(), first[1]});
  }

  @Override
  protected Runnable bind(Memory m) {
    int count = args().length;
    int N = ints(0);
    int B = (int) m.shape(0)[0] / N;
    int D = (int) m.shape(0)[1];
    List<Floats> hidden = new ArrayList<>();
    for (int j = 0; j < count; j++) {
      hidden.add(m.in(j));
    }
    Floats tokens = m.out(0);
    return () -> {
      for (int j = 0; j < count; j++) {
        Kernels.active().copyRows(hidden.get(j), 0, N * D, tokens, j * D, count * D, B, D);
      }
    };
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return outputs(new Gradient(sameDiff, ints(0), args().length, gradients.get(0)));
  }

  /** (B, m, D) → m times (B·N, D), zero outside the class rows. */
  public static final class Gradient extends FusedOp {
    public Gradient() {}

    Gradient(SameDiff graph, int tokens, int count, SDVariable gradient) {
      super(graph, gradient);
      addIArgument(tokens, count);
    }

    @Override
    public int getNumOutputs() {
      return iArguments.isEmpty() ? 1 : ints(1);
    }

    @Override
    protected List<long[]> outputShapes(List<long[]> inputs) {
      long[] in = inputs.get(0);
      return Collections.nCopies(ints(1), new long[] {in[0] * ints(0), in[2]});
    }

    @Override
    protected Runnable bind(Memory m) {
      int N = ints(0);
      int count = ints(1);
      int B = (int) m.shape(0)[0];
      int D = (int) m.shape(0)[2];
      Floats gradient = m.in(0);
      List<Floats> hidden = new ArrayList<>();
      for (int j = 0; j < count; j++) {
        hidden.add(m.out(j));
      }
      return () ->
          m.workers()
              .run(
                  count,
                  j -> {
                    Floats dx = hidden.get(j);
                    if (dx != null) {
                      Kernels.active().zero(dx, 0, B * N * D);
                      Kernels.active().copyRows(gradient, j * D, count * D, dx, 0, N * D, B, D);
                    }
                  });
    }
  }
}
