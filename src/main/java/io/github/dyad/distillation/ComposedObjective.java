package io.github.dyad.distillation;

import io.github.dyad.graph.StopGradient;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** {@link JointObjective} from stock ops, on all images of the batch at once, in float32. */
final class ComposedObjective {
  private final SameDiff graph;
  private final ObjectiveConfig config;
  private final SDVariable normal;

  ComposedObjective(SameDiff graph, ObjectiveConfig config, SDVariable normal) {
    this.graph = graph;
    this.config = config;
    this.normal = normal;
  }

  /** Value and weights are constants to the gradient; the result is Σ weight·loss. */
  SDVariable of(SDVariable lossE, SDVariable lossD) {
    SDVariable a = lossE == null ? null : logProbability(lossE);
    SDVariable b = lossD == null ? null : logProbability(lossD);
    SDVariable value;
    SDVariable weightE = null;
    SDVariable weightD = null;
    if (config.objective().equals(Objective.NOISY_OR)) {
      SDVariable logP = logAddExp(a.neg(), b.neg().add(log1mexp(a))); // log P, (B)
      value = logP.neg();
      weightE = graph.math().exp(log1mexp(b).sub(a).sub(logP)); // (1 − p_D)·p_E/P
      weightD = graph.math().exp(log1mexp(a).sub(b).sub(logP));
    } else {
      value = a == null ? b : b == null ? a : a.add(b);
      weightE = a == null ? null : a.mul(0).add(1);
      weightD = b == null ? null : b.mul(0).add(1);
    }
    SDVariable anomalous = normal.rsub(1.0);
    SDVariable anomalyValue = null;
    SDVariable objective = null;
    if (a != null) {
      anomalyValue = anomalyLoss(a);
      weightE = mixed(weightE, anomalyWeight(a)).rename(DistillationGraph.WEIGHT_ENCODER);
      objective = weightE.mul(lossE);
    }
    if (b != null) {
      anomalyValue = anomalyValue == null ? anomalyLoss(b) : anomalyValue.add(anomalyLoss(b));
      weightD = mixed(weightD, anomalyWeight(b)).rename(DistillationGraph.WEIGHT_DECODER);
      objective = objective == null ? weightD.mul(lossD) : objective.add(weightD.mul(lossD));
    }
    value.mul(normal).add(anomalyValue.mul(anomalous)).rename(DistillationGraph.LOSSES);
    return graph.mean(objective);
  }

  /** −log p = L/τ as a constant, not below 0. */
  private SDVariable logProbability(SDVariable loss) {
    SDVariable stopped = StopGradient.of(graph, loss);
    return graph.nn().relu(stopped, 0).mul(1 / config.temperature());
  }

  private SDVariable mixed(SDVariable weight, SDVariable anomalyWeight) {
    return weight
        .mul(normal)
        .add(anomalyWeight.mul(normal.rsub(1.0)))
        .mul(1 / config.temperature());
  }

  /** log(1 − e^(−a)). */
  private SDVariable log1mexp(SDVariable a) {
    return graph.math().log(graph.math().expm1(a.neg()).neg());
  }

  private SDVariable logAddExp(SDVariable a, SDVariable b) {
    SDVariable high = graph.max(a, b);
    SDVariable low = graph.min(a, b);
    return high.add(graph.math().log1p(graph.math().exp(low.sub(high))));
  }

  private SDVariable anomalyLoss(SDVariable a) {
    return log1mexp(atLeastSmallest(a)).neg();
  }

  private SDVariable anomalyWeight(SDVariable a) {
    return graph.math().reciprocal(graph.math().expm1(atLeastSmallest(a))).neg();
  }

  private SDVariable atLeastSmallest(SDVariable a) {
    return graph.math().clipByValue(a, NoisyOr.SMALLEST, Float.MAX_VALUE);
  }
}
