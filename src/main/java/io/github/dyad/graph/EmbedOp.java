package io.github.dyad.graph;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Gemm;
import io.github.dyad.kernel.Kernels;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Token embedding: (W (D, 3·p·p), b (D), rows (N, D), image (B, 3, h·p, w·p)) → tokens (B·N, D).
 * The rows hold class token and registers, then the position of every patch.
 */
public final class EmbedOp extends FusedOp {
  static {
    FusedOps.register(List.of(EmbedOp::new, Gradient::new));
  }

  public EmbedOp() {}

  EmbedOp(
      SameDiff graph,
      SDVariable image,
      SDVariable weight,
      SDVariable bias,
      SDVariable rows,
      TokenGrid grid,
      int patch) {
    super(graph, weight, bias, rows, image);
    addIArgument(grid.registers(), grid.gridHeight(), grid.gridWidth(), patch);
  }

  private TokenGrid grid() {
    return new TokenGrid(ints(0), ints(1), ints(2));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    return List.of(new long[] {inputs.get(3)[0] * grid().count(), inputs.get(0)[0]});
  }

  @Override
  protected Runnable bind(Memory m) {
    Floats weight = m.in(0);
    Floats bias = m.in(1);
    Floats rows = m.in(2);
    Floats image = m.in(3);
    Floats tokens = m.out(0);
    Patches patches = new Patches(grid(), ints(3));
    int B = (int) m.shape(3)[0];
    int D = (int) m.shape(0)[0];
    int N = grid().count();
    int prefix = grid().prefix();
    int T = grid().patches();
    int in = patches.width();
    int perWorker = T * in;
    Floats scratch = m.scratch((long) perWorker * m.workers().count());
    return () ->
        m.workers()
            .run(
                B,
                (worker, b) -> {
                  int s = worker * perWorker;
                  int y = (b * N + prefix) * D;
                  patches.gather(image, b, scratch, s);
                  Gemm.linear(scratch, s, weight, 0, tokens, y, T, in, D);
                  Kernels.active().addBias(bias, 0, tokens, y, T, D);
                  Kernels.active().add(rows, prefix * D, tokens, y, T * D);
                  Kernels.active().copy(rows, 0, tokens, b * N * D, prefix * D);
                });
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    Gradient gradient = new Gradient(sameDiff, arg(3), arg(0), arg(2), gradients.get(0));
    gradient.addIArgument(ints(0), ints(1), ints(2), ints(3));
    return outputs(gradient); // the image, the last input, gets none
  }

  /** (image, W, rows, dTokens) → dW, db, dRows; images get no gradient. */
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
      return List.of(weight, new long[] {weight[0]}, inputs.get(2));
    }

    @Override
    protected Runnable bind(Memory m) {
      Floats image = m.in(0);
      Floats dTokens = m.in(3);
      Floats dWeight = m.out(0);
      Floats dBias = m.out(1);
      Floats dRows = m.out(2);
      TokenGrid grid = new TokenGrid(ints(0), ints(1), ints(2));
      Patches patches = new Patches(grid, ints(3));
      int B = (int) m.shape(0)[0];
      int D = (int) m.shape(1)[0];
      int N = grid.count();
      int prefix = grid.prefix();
      int T = grid.patches();
      int in = patches.width();
      Floats scratch = m.scratch((long) T * in);
      return () -> { // image after image: the sums have one order
        Kernels k = Kernels.active();
        k.zero(dBias, 0, D);
        k.zero(dRows, 0, N * D);
        for (int b = 0; b < B; b++) {
          int dy = (b * N + prefix) * D;
          patches.gather(image, b, scratch, 0);
          Gemm.linearWeightGradient(dTokens, dy, scratch, 0, dWeight, 0, b > 0, T, in, D);
          k.columnSums(dTokens, dy, D, dBias, 0, T, D);
          k.add(dTokens, b * N * D, dRows, 0, N * D);
        }
      };
    }
  }

  /** Copies p×p pixels of three channels into a row (channel, row, column). */
  private record Patches(TokenGrid grid, int patch) {
    int width() {
      return 3 * patch * patch;
    }

    void gather(Floats image, int b, Floats rows, int at) {
      int w = grid.gridWidth() * patch;
      int plane = grid.gridHeight() * patch * w;
      Kernels k = Kernels.active();
      for (int c = 0; c < 3; c++) {
        for (int gy = 0; gy < grid.gridHeight(); gy++) {
          for (int y = 0; y < patch; y++) {
            int from = (3 * b + c) * plane + (gy * patch + y) * w;
            int to = at + gy * grid.gridWidth() * width() + (c * patch + y) * patch;
            k.copyRows(image, from, patch, rows, to, width(), grid.gridWidth(), patch);
          }
        }
      }
    }
  }
}
