package io.github.dyad.distillation;

import io.github.dyad.Require;

/**
 * How long and on what batches a training runs.
 *
 * @param iterations optimizer steps
 * @param batchSize images a step, drop last; with fewer training images the batch is their number
 * @param seed of initial weights, order of the images and dropout
 */
public record TrainingConfig(int iterations, int batchSize, long seed) {
  public static final TrainingConfig DEFAULTS = new TrainingConfig(1000, 8, 0);

  public TrainingConfig {
    Require.atLeast("training.iterations", iterations, 1);
    Require.atLeast("training.batchSize", batchSize, 1);
  }
}
