package io.github.dyad.anomaly;

import io.github.dyad.Require;

/** A fusion with an option, as somebody else's jar would bring it: w·s_E + (1 − w)·s_D. */
public record WeightedFusion(double encoderWeight) implements Fusion {
  public WeightedFusion() {
    this(0.5);
  }

  public WeightedFusion {
    Require.closed("options.weighted.encoderWeight", encoderWeight, 0, 1);
  }

  @Override
  public String name() {
    return "weighted";
  }

  @Override
  public ImageScore of(double encoder, double decoder, double temperature) {
    double score = encoderWeight * encoder + (1 - encoderWeight) * decoder;
    return new ImageScore(encoder, decoder, score, score);
  }
}
