package io.github.dyad.experiment;

import io.github.dyad.distillation.BatchOrder;
import io.github.dyad.distillation.FeatureKeeping;
import io.github.dyad.distillation.Trainer;
import io.github.dyad.tensor.HostTensor;
import java.util.Map;

/** One training outside of a grid: nothing is written, and all of it can be followed. */
public final class SingleTraining {
  private final Trainer trainer;
  private final FeatureKeeping keeping;

  SingleTraining(Trainer trainer, FeatureKeeping keeping) {
    this.trainer = trainer;
    this.keeping = keeping;
  }

  /** The students' starting weights by name. */
  public Map<String, HostTensor> initialWeights() {
    return trainer.initialWeights();
  }

  /**
   * @param order which images each step sees, or null for the seeded order
   * @param steps to make, or −1 for all
   * @return the weights, or null if the listener asked to stop
   */
  public Map<String, HostTensor> run(BatchOrder order, int steps, Trainer.Listener listener) {
    if (order != null) {
      trainer.useOrder(order);
    }
    if (steps >= 0) {
      trainer.stopAfter(steps);
    }
    return trainer.run(keeping, null, done -> {}, listener);
  }
}
