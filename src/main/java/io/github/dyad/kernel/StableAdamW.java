package io.github.dyad.kernel;

import io.github.dyad.Require;

/**
 * StableAdamW with AMSGrad, per tensor (ALGORITHM.md, Training). With the clipped gradient g:
 *
 * <pre>
 * m ← β1·m + (1 − β1)·g;  v ← β2·v + (1 − β2)·g²;  v̂ ← max(v̂, v)
 * denom = √v̂/√(1 − β2^t) + ε
 * θ ← θ·(1 − lr·wd) − lr_t/(1 − β1^t)·m/denom,  lr_t = lr/max(1, RMS(g/denom))
 * </pre>
 *
 * Weight decay goes with lr, not with lr_t. Two passes: the norm over all tensors precedes every
 * {@link Kernels#stableAdamWMoments}, RMS over the tensor precedes its {@link
 * Kernels#stableAdamWUpdate}. State is float32, scalars are double.
 */
public final class StableAdamW {
  private StableAdamW() {}

  /**
   * The numbers of one step.
   *
   * @param learningRate lr of the schedule at this step, at least 0
   * @param weightDecay wd, at least 0
   * @param beta1 decay of m, in [0, 1)
   * @param beta2 decay of v, in [0, 1)
   * @param epsilon ε, above 0
   * @param t number of this step, from 1
   * @param gradientScale what gradients are multiplied with first: the clipping's min(1,
   *     limit/norm)
   */
  public record Step(
      double learningRate,
      double weightDecay,
      double beta1,
      double beta2,
      double epsilon,
      long t,
      double gradientScale) {
    public Step {
      Require.closed("optimizer.learningRate", learningRate, 0, Double.MAX_VALUE);
      Require.closed("optimizer.weightDecay", weightDecay, 0, Double.MAX_VALUE);
      Require.halfOpen("optimizer.beta1", beta1, 0, 1);
      Require.halfOpen("optimizer.beta2", beta2, 0, 1);
      Require.positive("optimizer.epsilon", epsilon);
      if (t < 1) {
        throw new IllegalArgumentException("step " + t + "; steps count from 1");
      }
    }

    /** 1 − β1^t. */
    double biasCorrection1() {
      return 1 - Math.pow(beta1, t);
    }

    /** 1 − β2^t. */
    double biasCorrection2() {
      return 1 - Math.pow(beta2, t);
    }
  }

  /**
   * lr_t of a tensor.
   *
   * @param sumOfSquaredRatios Σ (g/denom)² over the tensor, as the first pass returned it
   * @param count number of its elements
   */
  public static double rate(Step step, double sumOfSquaredRatios, long count) {
    return step.learningRate() / Math.max(1, Math.sqrt(sumOfSquaredRatios / count));
  }
}
