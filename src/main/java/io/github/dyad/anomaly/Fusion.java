package io.github.dyad.anomaly;

import io.github.dyad.Extension;

/**
 * How the two students' scores become an image's (paper, 3.5). In an experiment file it is {@code
 * anomaly.fusion: NAME}; a new one is a class named in {@code
 * META-INF/services/io.github.dyad.anomaly.Fusion}, as Dyad's own are.
 */
public interface Fusion extends Extension {
  Fusion NOISY_OR = new NoisyOrFusion();
  Fusion SUM = new SumFusion();
  Fusion ENCODER = new EncoderAlone();
  Fusion DECODER = new DecoderAlone();

  /** Whether it looks at s_E, which then has to be trained for. */
  default boolean needsEncoder() {
    return true;
  }

  /** Whether it looks at s_D. */
  default boolean needsDecoder() {
    return true;
  }

  /**
   * One image's score.
   *
   * @param encoder s_E; NaN where the encoder student was not trained
   * @param decoder s_D; NaN where the decoder student was not trained
   * @param temperature τ of p = exp(−s/τ)
   */
  ImageScore of(double encoder, double decoder, double temperature);
}
