package io.github.dyad.distillation;

import io.github.dyad.Require;

/**
 * How long and on what batches a training runs.
 *
 * @param iterations optimizer steps
 * @param batchSize images a step, drop last; with fewer training images the batch is their number
 * @param seed of initial weights, order of the images and dropout
 * @param holdBack share of the normal training images that are not trained on and give a model's
 *     threshold; none where fewer than 20 images would be left
 * @param checkpoint which weights the training ends with
 */
public record TrainingConfig(
    int iterations, int batchSize, long seed, double holdBack, Kept checkpoint) {

  /** Never chosen on test images. */
  public enum Kept {
    /** Those after the last step. */
    LAST,
    /** Those of the lowest loss on the normal images that were held back. */
    BEST
  }

  public static final TrainingConfig DEFAULTS = new TrainingConfig(1000, 8, 0, 0.05, Kept.LAST);

  public TrainingConfig {
    Require.atLeast("training.iterations", iterations, 1);
    Require.atLeast("training.batchSize", batchSize, 1);
    Require.halfOpen("training.holdBack", holdBack, 0, 1);
  }
}
