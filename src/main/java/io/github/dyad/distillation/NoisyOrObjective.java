package io.github.dyad.distillation;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** −[t·log P + (1 − t)·log(1 − P)], P = 1 − (1 − p_E)(1 − p_D): the paper's own. */
public record NoisyOrObjective() implements Objective {
  @Override
  public String name() {
    return "noisy-or";
  }

  /** As the paper prints it; in float32 that holds up to losses of about 15. */
  @Override
  public SDVariable of(SDVariable encoder, SDVariable decoder, SDVariable normal) {
    SameDiff graph = normal.getSameDiff();
    SDVariable missedE = graph.math().exp(encoder.neg()).rsub(1.0); // 1 − p_E
    SDVariable missedD = graph.math().exp(decoder.neg()).rsub(1.0);
    SDVariable p = missedE.mul(missedD).rsub(1.0); // P, (B)
    return graph
        .math()
        .log(p)
        .mul(normal)
        .add(graph.math().log(p.rsub(1.0)).mul(normal.rsub(1.0)))
        .neg();
  }
}
