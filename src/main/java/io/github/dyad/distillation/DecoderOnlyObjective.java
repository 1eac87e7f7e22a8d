package io.github.dyad.distillation;

import org.nd4j.autodiff.samediff.SDVariable;

/** L_D: the decoder student is trained alone. */
public record DecoderOnlyObjective() implements Objective {
  @Override
  public String name() {
    return "decoder-only";
  }

  @Override
  public boolean trainsEncoder() {
    return false;
  }

  /** Of normal images. */
  @Override
  public SDVariable of(SDVariable encoder, SDVariable decoder, SDVariable normal) {
    return decoder;
  }
}
