package io.github.dyad.distillation;

import io.github.dyad.distillation.OptimizerConfig.Floor;

/**
 * The schedule of Dinomaly's code: lr·i/(warm-up − 1) for the warm-up steps i = 0, 1, …, then a
 * cosine from lr to the floor over the rest.
 */
public final class LearningRate {
  /** Runs shorter than this warm up for a tenth of their steps. */
  private static final int SHORT_RUN = 1000;

  private final OptimizerConfig config;
  private final int iterations;
  private final int warmup;

  public LearningRate(OptimizerConfig config, int iterations) {
    this.config = config;
    this.iterations = iterations;
    this.warmup = iterations < SHORT_RUN ? iterations / 10 : config.warmupSteps();
  }

  /**
   * @param step from 0
   */
  public double at(int step) {
    double peak = config.learningRate();
    if (step < warmup) {
      return warmup == 1 ? 0 : peak * step / (warmup - 1);
    }
    double floor =
        config.floor() == Floor.TENTH ? peak / 10 : config.floor() == Floor.ZERO ? 0 : peak;
    double progress = (double) (step - warmup) / (iterations - warmup);
    return floor + 0.5 * (peak - floor) * (1 + Math.cos(Math.PI * progress));
  }
}
