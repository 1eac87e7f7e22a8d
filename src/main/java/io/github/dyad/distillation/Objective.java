package io.github.dyad.distillation;

import io.github.dyad.Extension;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * How the two students' losses become what is minimised (paper, 3.4). In an experiment file it is
 * {@code objective.objective: NAME}; a new one is a class named in {@code
 * META-INF/services/io.github.dyad.distillation.Objective}, as Dyad's own are.
 */
public interface Objective extends Extension {
  Objective NOISY_OR = new NoisyOrObjective();
  Objective SUM = new SumObjective();
  Objective ENCODER_ONLY = new EncoderOnlyObjective();
  Objective DECODER_ONLY = new DecoderOnlyObjective();

  /** Whether there is an L_E. */
  default boolean trainsEncoder() {
    return true;
  }

  /** Whether there is an L_D. */
  default boolean trainsDecoder() {
    return true;
  }

  /**
   * The loss of every image, (B), composed of SameDiff's operations; its gradient is SameDiff's.
   *
   * <p>Training with Dyad's own takes the same values and gradients in log space instead ({@link
   * NoisyOr}), where these overflow.
   *
   * @param encoder −log p_E = L_E/τ, (B), not negative but for rounding; null if not trained
   * @param decoder −log p_D = L_D/τ, (B); null if not trained
   * @param normal t, (B): 1 for a normal image, 0 for a known anomaly
   */
  SDVariable of(SDVariable encoder, SDVariable decoder, SDVariable normal);
}
