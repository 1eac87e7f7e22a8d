package io.github.dyad.graph;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Class tokens of m states → (B, m, D): the first row of every image of those that hold all tokens
 * (B·N, D), the rows as they are of those that hold class tokens alone (B, D).
 */
public final class ClassTokensOp extends FusedOp {
  static {
    FusedOps.register(List.of(ClassTokensOp::new, Gradient::new));
  }

  public ClassTokensOp() {}

  ClassTokensOp(SameDiff graph, int tokens, HiddenStates states) {
    super(
        graph,
        Stream.concat(states.tokens().stream(), states.classRows().stream())
            .toArray(SDVariable[]::new));
    addIArgument(tokens, states.count(), states.tokens().size());
  }

  /** Rows of an image in state j. */
  private static int rows(FusedOp op, int j) {
    return j < op.ints(2) ? op.ints(0) : 1;
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    long[] first = inputs.get(0);
    return List.of(new long[] {first[0] / rows(this, 0), ints(1), first[1]});
  }

  @Override
  protected Runnable bind(Memory m) {
    int count = ints(1);
    int B = (int) m.shape(0)[0] / rows(this, 0);
    int D = (int) m.shape(0)[1];
    List<Floats> states = new ArrayList<>();
    int[] strides = new int[count];
    for (int j = 0; j < count; j++) {
      states.add(m.in(j));
      strides[j] = rows(this, j) * D;
    }
    Floats tokens = m.out(0);
    return () -> {
      for (int j = 0; j < count; j++) {
        Kernels.active().copyRows(states.get(j), 0, strides[j], tokens, j * D, count * D, B, D);
      }
    };
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    Gradient gradient = new Gradient(sameDiff, gradients.get(0));
    gradient.addIArgument(ints(0), ints(1), ints(2));
    return outputs(gradient);
  }

  /** (B, m, D) → m times (B·N, D), zero outside the class rows, or (B, D). */
  public static final class Gradient extends FusedOp {
    public Gradient() {}

    Gradient(SameDiff graph, SDVariable gradient) {
      super(graph, gradient);
    }

    @Override
    public int getNumOutputs() {
      return iArguments.isEmpty() ? 1 : ints(1);
    }

    @Override
    protected List<long[]> outputShapes(List<long[]> inputs) {
      long[] in = inputs.get(0);
      List<long[]> shapes = new ArrayList<>();
      for (int j = 0; j < ints(1); j++) {
        shapes.add(new long[] {in[0] * rows(this, j), in[2]});
      }
      return shapes;
    }

    @Override
    protected Runnable bind(Memory m) {
      int count = ints(1);
      int B = (int) m.shape(0)[0];
      int D = (int) m.shape(0)[2];
      Floats gradient = m.in(0);
      List<Floats> states = new ArrayList<>();
      int[] strides = new int[count];
      for (int j = 0; j < count; j++) {
        states.add(m.out(j));
        strides[j] = rows(this, j) * D;
      }
      return () ->
          m.workers()
              .run(
                  count,
                  j -> {
                    Floats dx = states.get(j);
                    if (dx != null) {
                      Kernels k = Kernels.active();
                      k.zero(dx, 0, B * strides[j]);
                      k.copyRows(gradient, j * D, count * D, dx, 0, strides[j], B, D);
                    }
                  });
    }
  }
}
