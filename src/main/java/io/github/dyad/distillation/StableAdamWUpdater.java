package io.github.dyad.distillation;

import io.github.dyad.distillation.OptimizerConfig.Floor;
import io.github.dyad.graph.Plan;
import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Kernels;
import io.github.dyad.kernel.StableAdamW;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Dyad's {@link Optimizer} for plain SameDiff and Deeplearning4j: StableAdamW with AMSGrad and its
 * schedule as an ND4J updater, for float32 parameters.
 *
 * <p>An updater sees one tensor's gradient and nothing else. Two parts of the optimizer therefore
 * stand beside it: weight decay is ND4J's, {@code new TrainingConfig.Builder().updater(updater)
 * .weightDecay(updater.weightDecay(), true)}, which is the same formula; clipping by the norm over
 * all tensors has no place in SameDiff and is left out.
 */
public final class StableAdamWUpdater implements IUpdater {
  private static final long serialVersionUID = 1L;
  private static final List<String> STATE = List.of("m", "v", "v_max");

  private final double learningRate;
  private final double beta1;
  private final double beta2;
  private final double weightDecay;
  private final double epsilon;
  private final int warmupSteps;
  private final Floor floor;
  private final int iterations;

  /**
   * @param iterations of the whole training, which the schedule is laid over
   */
  public StableAdamWUpdater(OptimizerConfig config, int iterations) {
    this(
        config.learningRate(),
        config.beta1(),
        config.beta2(),
        config.weightDecay(),
        config.epsilon(),
        config.warmupSteps(),
        config.floor(),
        iterations);
  }

  /** From a saved graph's training configuration. */
  StableAdamWUpdater(
      @JsonProperty("learningRate") double learningRate,
      @JsonProperty("beta1") double beta1,
      @JsonProperty("beta2") double beta2,
      @JsonProperty("weightDecay") double weightDecay,
      @JsonProperty("epsilon") double epsilon,
      @JsonProperty("warmupSteps") int warmupSteps,
      @JsonProperty("floor") Floor floor,
      @JsonProperty("iterations") int iterations) {
    this.learningRate = learningRate;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.weightDecay = weightDecay;
    this.epsilon = epsilon;
    this.warmupSteps = warmupSteps;
    this.floor = floor;
    this.iterations = iterations;
  }

  /** For ND4J's own weight decay. */
  public double weightDecay() {
    return weightDecay;
  }

  @Override
  public long stateSize(long parameters) {
    return STATE.size() * parameters;
  }

  @Override
  public GradientUpdater<?> instantiate(INDArray view, boolean initialize) {
    State state = new State(this);
    state.setStateViewArray(view, new long[] {view.length() / STATE.size()}, 'c', initialize);
    return state;
  }

  @Override
  public GradientUpdater<?> instantiate(Map<String, INDArray> arrays, boolean initialize) {
    State state = new State(this);
    state.setState(arrays, initialize);
    return state;
  }

  @Override
  public double getLearningRate(int iteration, int epoch) {
    return new LearningRate(
            new OptimizerConfig(
                learningRate,
                beta1,
                beta2,
                weightDecay,
                epsilon,
                warmupSteps,
                floor,
                OptimizerConfig.Clipping.OFF,
                OptimizerConfig.DEFAULTS.clipNorm()),
            iterations)
        .at(iteration);
  }

  @Override
  public boolean hasLearningRate() {
    return true;
  }

  /** The schedule is part of the optimizer. */
  @Override
  public void setLrAndSchedule(double rate, ISchedule schedule) {
    throw new UnsupportedOperationException("make another StableAdamWUpdater");
  }

  @Override
  @SuppressWarnings("MethodDoesntCallSuperMethod") // immutable
  public IUpdater clone() {
    return this;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StableAdamWUpdater u
        && learningRate == u.learningRate
        && beta1 == u.beta1
        && beta2 == u.beta2
        && weightDecay == u.weightDecay
        && epsilon == u.epsilon
        && warmupSteps == u.warmupSteps
        && floor == u.floor
        && iterations == u.iterations;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        learningRate, beta1, beta2, weightDecay, epsilon, warmupSteps, floor, iterations);
  }

  /** Moments of one tensor. */
  private static final class State implements GradientUpdater<StableAdamWUpdater> {
    private final StableAdamWUpdater config;
    private final Map<String, INDArray> arrays = new LinkedHashMap<>();

    State(StableAdamWUpdater config) {
      this.config = config;
    }

    @Override
    public StableAdamWUpdater getConfig() {
      return config;
    }

    @Override
    public void setState(Map<String, INDArray> state, boolean initialize) {
      if (!state.keySet().containsAll(STATE)) {
        throw new IllegalArgumentException("state of " + state.keySet() + "; expected " + STATE);
      }
      STATE.forEach(
          name -> {
            INDArray array = state.get(name);
            arrays.put(name, initialize ? array.assign(0) : array);
          });
    }

    @Override
    public Map<String, INDArray> getState() {
      return arrays;
    }

    @Override
    public void setStateViewArray(INDArray view, long[] shape, char order, boolean initialize) {
      long count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      INDArray flat = view.reshape(view.length());
      if (initialize) {
        view.assign(0);
      }
      for (int i = 0; i < STATE.size(); i++) {
        arrays.put(
            STATE.get(i),
            flat.get(org.nd4j.linalg.indexing.NDArrayIndex.interval(i * count, (i + 1) * count)));
      }
    }

    /** Turns the gradient into what is taken from the parameter. */
    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
      if (gradient.dataType() != DataType.FLOAT) {
        throw new IllegalArgumentException(
            "a gradient of " + gradient.dataType() + "; StableAdamWUpdater is for FLOAT");
      }
      INDArray flat = Nd4j.toFlattened('c', gradient); // a copy
      int n = Math.toIntExact(flat.length());
      Floats g = Plan.floats(flat);
      Floats m = Plan.floats(arrays.get("m"));
      Floats v = Plan.floats(arrays.get("v"));
      Floats vMax = Plan.floats(arrays.get("v_max"));
      Kernels kernels = Kernels.active();
      StableAdamW.Step step =
          new StableAdamW.Step(
              config.getLearningRate(iteration, epoch),
              0,
              config.beta1,
              config.beta2,
              config.epsilon,
              iteration + 1,
              1);
      double ratios = kernels.stableAdamWMoments(step, g, 0, m, 0, v, 0, vMax, 0, n);
      flat.assign(0); // the kernel moves a parameter; from 0 it moves by the update
      kernels.stableAdamWUpdate(step, StableAdamW.rate(step, ratios, n), m, 0, vMax, 0, g, 0, n);
      gradient.assign(flat.negi().reshape('c', gradient.shape()));
    }
  }
}
