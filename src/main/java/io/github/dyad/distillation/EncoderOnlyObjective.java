package io.github.dyad.distillation;

import org.nd4j.autodiff.samediff.SDVariable;

/** L_E: the encoder student is trained alone. */
public record EncoderOnlyObjective() implements Objective {
  @Override
  public String name() {
    return "encoder-only";
  }

  @Override
  public boolean trainsDecoder() {
    return false;
  }

  /** Of normal images. */
  @Override
  public SDVariable of(SDVariable encoder, SDVariable decoder, SDVariable normal) {
    return encoder;
  }
}
