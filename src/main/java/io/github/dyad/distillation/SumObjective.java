package io.github.dyad.distillation;

import org.nd4j.autodiff.samediff.SDVariable;

/** The ablation without Noisy-OR: L_E + L_D. */
public record SumObjective() implements Objective {
  @Override
  public String name() {
    return "sum";
  }

  /** Of normal images. */
  @Override
  public SDVariable of(SDVariable encoder, SDVariable decoder, SDVariable normal) {
    return encoder.add(decoder);
  }
}
