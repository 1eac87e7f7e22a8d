package io.github.dyad.distillation;

import io.github.dyad.Require;

/**
 * StableAdamW with AMSGrad, its schedule and clipping (paper, App. D; ALGORITHM.md, training).
 *
 * @param learningRate peak rate; the paper: 2e-3 industrial, 1e-4 semantic
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param weightDecay decoupled, multiplied by the scheduled (not the RMS-limited) rate
 * @param epsilon added to the root of the second moment
 * @param warmupSteps linear warm-up; runs of fewer than 1,000 iterations take 10 % of them instead
 * @param floor where the cosine ends
 * @param clipping over which parameters the gradient norm is taken
 * @param clipNorm the largest gradient norm
 */
public record OptimizerConfig(
    double learningRate,
    double beta1,
    double beta2,
    double weightDecay,
    double epsilon,
    int warmupSteps,
    Floor floor,
    Clipping clipping,
    double clipNorm) {

  public enum Floor {
    TENTH,
    ZERO,
    CONSTANT
  }

  public enum Clipping {
    JOINT,
    PER_STUDENT,
    OFF
  }

  public static final OptimizerConfig DEFAULTS =
      new OptimizerConfig(1e-4, 0.9, 0.999, 1e-4, 1e-10, 100, Floor.TENTH, Clipping.JOINT, 0.1);

  public OptimizerConfig {
    Require.positive("optimizer.learningRate", learningRate);
    Require.halfOpen("optimizer.beta1", beta1, 0, 1);
    Require.halfOpen("optimizer.beta2", beta2, 0, 1);
    Require.closed("optimizer.weightDecay", weightDecay, 0, 1);
    Require.positive("optimizer.epsilon", epsilon);
    Require.atLeast("optimizer.warmupSteps", warmupSteps, 0);
    Require.positive("optimizer.clipNorm", clipNorm);
  }
}
