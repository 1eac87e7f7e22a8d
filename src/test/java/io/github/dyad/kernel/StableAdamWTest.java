package io.github.dyad.kernel;

import static io.github.dyad.kernel.Formulas.assertWithin;
import static io.github.dyad.kernel.Guarded.AT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dyad.InputException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The optimizer against ALGORITHM.md's formula in double precision, over several steps. */
class StableAdamWTest {
  private static final int STEPS = 6;

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void parameters_follow_the_formula_step_after_step(Kernels kernels) {
    for (int n : Samples.lengths()) {
      for (double epsilon : new double[] {1e-10, 1e-3}) {
        double[] theta = Samples.normal(n, n, 1);
        Reference reference = new Reference(theta.clone());
        State state = new State(theta);
        for (int t = 1; t <= STEPS; t++) {
          // Gradients that shrink show the running maximum; the large ones show the clipped rate.
          double[] g = Samples.normal(100L * n + t, n, t < 3 ? 1 : 0.01);
          StableAdamW.Step step = step(t, epsilon);
          double rate = state.step(kernels, step, g);
          double expectedRate = reference.step(step, g);
          assertEquals(expectedRate, rate, 1e-5 * expectedRate, "step " + t);
        }
        int length = n;
        assertWithin(reference.theta, state.theta.values(), 2e-6, () -> "length " + length);
        assertWithin(reference.m, state.m.values(), 1e-6, () -> "m");
        assertWithin(reference.v, state.v.values(), 1e-6, () -> "v");
        assertWithin(reference.vMax, state.vMax.values(), 1e-6, () -> "vMax");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void a_tensor_done_in_ranges_ends_with_the_same_state(Kernels kernels) {
    int n = 2048 + 5;
    double[] theta = Samples.normal(1, n, 1);
    double[] g = Samples.normal(2, n, 1);
    State whole = new State(theta);
    whole.step(kernels, step(1, 1e-8), g);
    State parts = new State(theta);
    Floats gradient = Guarded.of(g).floats;
    double sum = parts.moments(kernels, step(1, 1e-8), gradient, 0, 1024);
    sum += parts.moments(kernels, step(1, 1e-8), gradient, 1024, n - 1024);
    double rate = StableAdamW.rate(step(1, 1e-8), sum, n);
    parts.update(kernels, step(1, 1e-8), rate, 1024, n - 1024);
    parts.update(kernels, step(1, 1e-8), rate, 0, 1024);
    assertArrayEquals(whole.m.values(), parts.m.values());
    assertArrayEquals(whole.theta.values(), parts.theta.values());
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void a_nan_gradient_reaches_the_parameters(Kernels kernels) {
    State state = new State(new double[20]);
    double[] g = Samples.normal(1, 20, 1);
    g[3] = Double.NaN;
    double rate = state.step(kernels, step(1, 1e-8), g);
    assertEquals(Double.NaN, rate);
    assertEquals(Double.NaN, state.theta.values()[0]);
  }

  @Test
  void numbers_out_of_range_are_refused() {
    assertThrows(InputException.class, () -> new StableAdamW.Step(1e-3, 0, 1, 0.999, 1e-8, 1, 1));
    assertThrows(InputException.class, () -> new StableAdamW.Step(1e-3, 0, 0.9, 0.999, 0, 1, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new StableAdamW.Step(1e-3, 0, 0.9, 0.999, 1e-8, 0, 1));
  }

  private static StableAdamW.Step step(int t, double epsilon) {
    return new StableAdamW.Step(2e-3, 1e-1, 0.9, 0.999, epsilon, t, 0.7);
  }

  private static final class State {
    final Guarded theta;
    final Guarded m;
    final Guarded v;
    final Guarded vMax;

    State(double[] theta) {
      this.theta = Guarded.of(theta);
      m = Guarded.of(new double[theta.length]);
      v = Guarded.of(new double[theta.length]);
      vMax = Guarded.of(new double[theta.length]);
    }

    double step(Kernels kernels, StableAdamW.Step step, double[] g) {
      double sum = moments(kernels, step, Guarded.of(g).floats, 0, g.length);
      double rate = StableAdamW.rate(step, sum, g.length);
      update(kernels, step, rate, 0, g.length);
      return rate;
    }

    double moments(Kernels kernels, StableAdamW.Step step, Floats g, int from, int count) {
      int at = AT + from;
      return kernels.stableAdamWMoments(
          step, g, at, m.floats, at, v.floats, at, vMax.floats, at, count);
    }

    void update(Kernels kernels, StableAdamW.Step step, double rate, int from, int count) {
      int at = AT + from;
      kernels.stableAdamWUpdate(step, rate, m.floats, at, vMax.floats, at, theta.floats, at, count);
    }
  }

  /** ALGORITHM.md, Training, line by line. */
  private static final class Reference {
    final double[] theta;
    final double[] m;
    final double[] v;
    final double[] vMax;

    Reference(double[] theta) {
      this.theta = theta;
      m = new double[theta.length];
      v = new double[theta.length];
      vMax = new double[theta.length];
    }

    double step(StableAdamW.Step step, double[] gradient) {
      double beta1 = step.beta1();
      double beta2 = step.beta2();
      double lr = step.learningRate();
      double[] denom = new double[theta.length];
      double[] g = Arrays.stream(gradient).map(x -> x * step.gradientScale()).toArray();
      double squares = 0;
      for (int i = 0; i < theta.length; i++) {
        theta[i] *= 1 - lr * step.weightDecay();
        m[i] = beta1 * m[i] + (1 - beta1) * g[i];
        v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
        vMax[i] = Math.max(vMax[i], v[i]);
        denom[i] = Math.sqrt(vMax[i]) / Math.sqrt(1 - Math.pow(beta2, step.t())) + step.epsilon();
        squares += Math.pow(g[i] / denom[i], 2);
      }
      double rate = lr / Math.max(1, Math.sqrt(squares / theta.length));
      for (int i = 0; i < theta.length; i++) {
        theta[i] -= rate / (1 - Math.pow(beta1, step.t())) * m[i] / denom[i];
      }
      return rate;
    }
  }
}
