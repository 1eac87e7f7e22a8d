package io.github.dyad.distillation;

/** The loss is no longer a number; the message names the step and what to change. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergedException(int step, StepLosses losses) {
    super(
        "loss is "
            + losses.loss()
            + " at step "
            + step
            + " (encoder "
            + losses.encoder()
            + ", decoder "
            + losses.decoder()
            + ", learning rate "
            + losses.learningRate()
            + "); lower optimizer.learningRate or optimizer.clipNorm");
  }
}
