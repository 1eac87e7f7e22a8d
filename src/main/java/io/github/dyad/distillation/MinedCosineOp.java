package io.github.dyad.distillation;

import io.github.dyad.graph.FusedOp;
import io.github.dyad.graph.FusedOps;
import io.github.dyad.graph.Layers;
import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Kernels;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One group of Eq. (1) as one op: (F_D (B·N, D), F_T (B·N, D), t (B), k − 1) → 1 − cos(vec F_T, vec
 * F_D) (B), the mined weights (B, h·w), the cosines' terms (B, 3).
 */
public final class MinedCosineOp extends FusedOp {
  private static final double NORM_GUARD = 1e-8;

  static {
    FusedOps.register(List.of(MinedCosineOp::new, Gradient::new));
  }

  public MinedCosineOp() {}

  private MinedCosineOp(Layers layers, double factor, SDVariable... inputs) {
    super(layers.graph(), inputs);
    addIArgument(layers.tokens().count(), layers.tokens().prefix());
    addTArgument(factor);
  }

  static SDVariable of(
      Layers layers,
      SDVariable teacher,
      SDVariable decoder,
      SDVariable rank,
      SDVariable normal,
      double factor) {
    return new MinedCosineOp(layers, factor, decoder, teacher, normal, rank).outputVariables()[0];
  }

  @Override
  public int getNumOutputs() {
    return 3;
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    long B = inputs.get(0)[0] / ints(0);
    return List.of(new long[] {B}, new long[] {B, ints(0) - ints(1)}, new long[] {B, 3});
  }

  @Override
  protected Runnable bind(Memory m) {
    Floats decoder = m.in(0);
    Floats teacher = m.in(1);
    Floats normal = m.in(2);
    INDArray rank = m.array(3);
    Floats loss = m.out(0);
    Floats weights = m.out(1);
    Floats cosines = m.out(2);
    int N = ints(0);
    int prefix = ints(1);
    int T = N - prefix;
    int D = (int) m.shape(0)[1];
    int B = (int) m.shape(0)[0] / N;
    double[] terms = new double[3 * B * T];
    Floats distances = m.scratch((long) B * T);
    double factor = real(0);
    return () -> {
      m.workers()
          .run(
              B,
              b -> {
                int at = (b * N + prefix) * D;
                Kernels.active().cosineTerms(teacher, at, decoder, at, terms, 3 * b * T, T, D);
                double td = 0;
                double tt = 0;
                double dd = 0;
                for (int i = b * T; i < (b + 1) * T; i++) {
                  td += terms[3 * i];
                  tt += terms[3 * i + 1];
                  dd += terms[3 * i + 2];
                }
                loss.set(b, (float) (1 - cosine(td, tt, dd)));
                if (cosines != null) {
                  cosines.set(3 * b, (float) td);
                  cosines.set(3 * b + 1, (float) tt);
                  cosines.set(3 * b + 2, (float) dd);
                }
              });
      if (weights != null) {
        mine(terms, normal, rank.getInt(0) + 1, factor, distances, weights, B, T);
      }
    };
  }

  private static double cosine(double td, double tt, double dd) {
    return td / Math.max(Math.sqrt(tt) * Math.sqrt(dd), NORM_GUARD);
  }

  /** w = factor where d = 1 − cos is strictly below the k-th largest of all normal images. */
  private static void mine(
      double[] terms,
      Floats normal,
      int k,
      double factor,
      Floats distances,
      Floats weights,
      int B,
      int T) {
    int n = 0;
    for (int b = 0; b < B; b++) {
      for (int i = b * T; i < (b + 1) * T; i++) {
        double d = 1 - cosine(terms[3 * i], terms[3 * i + 1], terms[3 * i + 2]);
        weights.set(i, (float) d);
        if (normal.get(b) != 0) {
          distances.set(n++, (float) d);
        }
      }
    }
    float threshold = factor < 1 && n > 0 ? Kernels.active().kthLargest(distances, 0, n, k) : -4;
    for (int b = 0; b < B; b++) {
      for (int i = b * T; i < (b + 1) * T; i++) {
        boolean easy = normal.get(b) != 0 && weights.get(i) < threshold;
        weights.set(i, easy ? (float) factor : 1);
      }
    }
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    SDVariable[] own = outputVariables();
    Gradient gradient = new Gradient(sameDiff, arg(0), arg(1), own[1], own[2], gradients.get(0));
    gradient.addIArgument(ints(0), ints(1));
    return outputs(gradient); // the teacher's side is constant
  }

  /** (F_D, F_T, weights, terms, dLoss (B)) → dF_D; zero in class and register rows. */
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
      Floats decoder = m.in(0);
      Floats teacher = m.in(1);
      Floats weights = m.in(2);
      Floats cosines = m.in(3);
      Floats dLoss = m.in(4);
      Floats dDecoder = m.out(0);
      int N = ints(0);
      int prefix = ints(1);
      int T = N - prefix;
      int D = (int) m.shape(0)[1];
      int B = (int) m.shape(0)[0] / N;
      return () ->
          m.workers()
              .run(
                  B,
                  b -> {
                    int at = (b * N + prefix) * D;
                    Kernels.active().zero(dDecoder, b * N * D, prefix * D);
                    Kernels.active()
                        .cosineBackward(
                            teacher,
                            at,
                            decoder,
                            at,
                            cosines.get(3 * b),
                            cosines.get(3 * b + 1),
                            cosines.get(3 * b + 2),
                            dLoss.get(b),
                            weights,
                            b * T,
                            dDecoder,
                            at,
                            T,
                            D);
                  });
    }
  }
}
