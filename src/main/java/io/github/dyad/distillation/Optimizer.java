package io.github.dyad.distillation;

import io.github.dyad.distillation.OptimizerConfig.Clipping;
import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Kernels;
import io.github.dyad.kernel.StableAdamW;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.DecoderStudent;
import io.github.dyad.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * StableAdamW with AMSGrad and gradient clipping over all trainable tensors (ALGORITHM.md,
 * training).
 *
 * <p>Tensors are cut into blocks of fixed size; sums over blocks are added in their order, so that
 * results do not depend on the number of workers.
 */
public final class Optimizer {
  private static final int BLOCK = 1 << 16;

  /** As torch.nn.utils.clip_grad_norm_ adds it to the norm. */
  private static final double CLIP_GUARD = 1e-6;

  private static final class Tensor {
    final String name;
    final Floats theta;
    final Floats gradient;
    final Floats m;
    final Floats v;
    final Floats vMax;
    final int group;
    double scale = 1;
    double rate;
    StableAdamW.Step numbers;

    Tensor(String name, Floats theta, Floats gradient) {
      this.name = name;
      this.theta = theta;
      this.gradient = gradient;
      this.m = Floats.allocate(theta.size());
      this.v = Floats.allocate(theta.size());
      this.vMax = Floats.allocate(theta.size());
      this.group = name.startsWith(DecoderStudent.NAME) ? 1 : 0;
    }
  }

  private record Block(int tensor, int from, int count) {}

  private final OptimizerConfig config;
  private final Workers workers;
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();
  private double[] sums;

  public Optimizer(OptimizerConfig config, Workers workers) {
    this.config = config;
    this.workers = workers;
  }

  /**
   * Adds a trainable tensor; the order of adding is part of the results.
   *
   * @param theta changed by every step
   * @param gradient read by every step
   */
  public void add(String name, Floats theta, Floats gradient) {
    int index = tensors.size();
    tensors.add(new Tensor(name, theta, gradient));
    for (int from = 0; from < theta.size(); from += BLOCK) {
      blocks.add(new Block(index, from, Math.min(BLOCK, theta.size() - from)));
    }
    sums = new double[blocks.size()];
  }

  /**
   * One step with the gradients' present values.
   *
   * @param step from 0
   * @param learningRate the schedule's
   */
  public void step(int step, double learningRate) {
    clip();
    tensors.forEach(t -> t.numbers = numbers(step, learningRate, t.scale));
    Kernels k = Kernels.active();
    // Moments, and Σ (g/denom)² of every tensor, before any of its parameters moves.
    workers.run(
        blocks.size(),
        i -> {
          Block b = blocks.get(i);
          Tensor t = tensors.get(b.tensor);
          sums[i] =
              k.stableAdamWMoments(
                  t.numbers, t.gradient, b.from, t.m, b.from, t.v, b.from, t.vMax, b.from, b.count);
        });
    double[] ratios = perTensor();
    for (int i = 0; i < tensors.size(); i++) {
      Tensor t = tensors.get(i);
      t.rate = StableAdamW.rate(t.numbers, ratios[i], t.theta.size());
    }
    workers.run(
        blocks.size(),
        i -> {
          Block b = blocks.get(i);
          Tensor t = tensors.get(b.tensor);
          k.stableAdamWUpdate(
              t.numbers, t.rate, t.m, b.from, t.vMax, b.from, t.theta, b.from, b.count);
        });
  }

  private StableAdamW.Step numbers(int step, double learningRate, double scale) {
    return new StableAdamW.Step(
        learningRate,
        config.weightDecay(),
        config.beta1(),
        config.beta2(),
        config.epsilon(),
        step + 1,
        scale);
  }

  /** Scale of every gradient: min(1, limit/‖g‖), the norm over all tensors or one per student. */
  private void clip() {
    if (config.clipping() == Clipping.OFF) {
      return;
    }
    workers.run(
        blocks.size(),
        i -> {
          Block b = blocks.get(i);
          sums[i] = Kernels.active().sumOfSquares(tensors.get(b.tensor).gradient, b.from, b.count);
        });
    double[] squares = perTensor();
    double[] norms = new double[2];
    boolean joint = config.clipping() == Clipping.JOINT;
    for (int i = 0; i < squares.length; i++) {
      norms[joint ? 0 : tensors.get(i).group] += squares[i];
    }
    for (Tensor t : tensors) {
      double norm = Math.sqrt(norms[joint ? 0 : t.group]);
      t.scale = Math.min(1, config.clipNorm() / (norm + CLIP_GUARD));
    }
  }

  private double[] perTensor() {
    double[] totals = new double[tensors.size()];
    for (int i = 0; i < sums.length; i++) {
      totals[blocks.get(i).tensor] += sums[i];
    }
    return totals;
  }

  /** Moments by name, for checkpoints. */
  Map<String, HostTensor> state() {
    Map<String, HostTensor> state = new LinkedHashMap<>();
    for (Tensor t : tensors) {
      int n = t.theta.size();
      state.put("m." + t.name, new HostTensor(t.m.toArray(), n));
      state.put("v." + t.name, new HostTensor(t.v.toArray(), n));
      state.put("v_max." + t.name, new HostTensor(t.vMax.toArray(), n));
    }
    return state;
  }

  /** Takes back what {@link #state} gave. */
  void restore(Map<String, HostTensor> state) {
    for (Tensor t : tensors) {
      copy(state.get("m." + t.name), t.m);
      copy(state.get("v." + t.name), t.v);
      copy(state.get("v_max." + t.name), t.vMax);
    }
  }

  private static void copy(HostTensor from, Floats to) {
    to.copyFrom(from.values(), 0, 0, to.size());
  }
}
