package io.github.dyad.distillation;

import io.github.dyad.graph.KthLargest;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.StopGradient;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Eq. (1), the decoder student's loss, with Dinomaly's hard mining of gradients.
 *
 * <pre>
 * L_D(x) = ½ Σ_g [ 1 − cos( vec F_T^g(x), vec F_D^g(x) ) ]
 * </pre>
 *
 * Per group and over the whole batch, d = 1 − cos of every patch; patches with d strictly below the
 * k-th largest get their gradient × factor. Same value, other gradient: F_D is replaced by w ⊙ F_D
 * + (1 − w) ⊙ stopgrad(F_D).
 */
final class ReconstructionLoss {
  /** Added to |a|·|b| so that a zero vector has a cosine. */
  static final double COSINE_GUARD = 1e-8;

  private final Layers layers;
  private final double factor;

  /**
   * @param factor the reduced gradient's factor; 1: no mining
   */
  ReconstructionLoss(Layers layers, double factor) {
    this.layers = layers;
    this.factor = factor;
  }

  /**
   * @param teacher1 F_T^1 with class and register rows, (B·N, D), constant; these rows are dropped
   *     here
   * @param decoder1 F_D^1 likewise
   * @param rank k − 1 as a scalar INT64
   * @param normal t (B), 1 for a normal image; anomalies take no part in the mining
   * @return L_D, (B)
   */
  SDVariable of(
      SDVariable teacher1,
      SDVariable teacher2,
      SDVariable decoder1,
      SDVariable decoder2,
      SDVariable rank,
      SDVariable normal) {
    SDVariable group1 = oneMinusCosine(teacher1, decoder1, rank, normal);
    SDVariable group2 = oneMinusCosine(teacher2, decoder2, rank, normal);
    return group1.add(group2).mul(0.5); // -> (B)
  }

  private SDVariable oneMinusCosine(
      SDVariable teacher, SDVariable decoder, SDVariable rank, SDVariable normal) {
    if (layers.lowering() == Lowering.FUSED) {
      return MinedCosineOp.of(layers, teacher, decoder, rank, normal, factor);
    }
    SameDiff graph = layers.graph();
    SDVariable fT = layers.patchTokens(teacher); // (B, h·w, D)
    SDVariable fD = layers.patchTokens(decoder);
    if (factor < 1) {
      SDVariable stopped = StopGradient.of(graph, fD);
      SDVariable w = mined(fT, stopped, rank, normal); // -> (B, h·w, 1)
      fD = fD.mul(w).add(stopped.mul(w.rsub(1.0)));
    }
    SDVariable dot = graph.sum(fT.mul(fD), 1, 2); // -> (B)
    SDVariable norms = norm(fT, 1, 2).mul(norm(fD, 1, 2)).add(COSINE_GUARD);
    return dot.div(norms).rsub(1.0);
  }

  /** w = factor where d < the k-th largest d of the batch's normal images, else 1. */
  private SDVariable mined(SDVariable fT, SDVariable fD, SDVariable rank, SDVariable normal) {
    SameDiff graph = layers.graph();
    SDVariable dot = graph.sum(fT.mul(fD), true, 2);
    SDVariable d = dot.div(norm2(fT).mul(norm2(fD)).add(COSINE_GUARD)).rsub(1.0); // (B, h·w, 1)
    SDVariable isNormal = graph.reshape(normal, -1, 1, 1);
    // An anomaly's d falls below every other and is never the k-th largest.
    SDVariable candidates = d.mul(isNormal).sub(isNormal.rsub(1.0).mul(4.0));
    SDVariable threshold = KthLargest.of(graph, graph.reshape(candidates, -1), rank);
    SDVariable easy = d.lt(threshold).castTo(d.dataType()).mul(isNormal);
    return easy.mul(factor - 1).add(1.0);
  }

  private SDVariable norm(SDVariable x, int... axes) {
    return layers.graph().math().sqrt(layers.graph().sum(layers.graph().math().square(x), axes));
  }

  private SDVariable norm2(SDVariable x) {
    SameDiff graph = layers.graph();
    return graph.math().sqrt(graph.sum(graph.math().square(x), true, 2));
  }
}
