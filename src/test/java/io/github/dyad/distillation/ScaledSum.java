package io.github.dyad.distillation;

import io.github.dyad.Require;
import org.nd4j.autodiff.samediff.SDVariable;

/** An objective with an option, as somebody else's jar would bring it: L_E + w·L_D. */
public record ScaledSum(double decoderWeight) implements Objective {
  public ScaledSum() {
    this(1);
  }

  public ScaledSum {
    Require.positive("options.scaled-sum.decoderWeight", decoderWeight);
  }

  @Override
  public String name() {
    return "scaled-sum";
  }

  @Override
  public SDVariable of(SDVariable encoder, SDVariable decoder, SDVariable normal) {
    return encoder.add(decoder.mul(decoderWeight));
  }
}
