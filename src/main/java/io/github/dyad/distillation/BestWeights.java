package io.github.dyad.distillation;

import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The weights of the lowest validation loss of a training so far. They lie beside its checkpoint;
 * steps that are made again after an interruption give the same losses, so it does not matter which
 * of the two files is the newer one.
 */
final class BestWeights {
  private static final String FILE = "best.safetensors";
  private static final String LOSS = "validation_loss";

  private final Trainer.Validation validation;
  private final Path folder;
  private double lowest = Double.POSITIVE_INFINITY;
  private Map<String, HostTensor> weights;

  /**
   * @param folder of the training's checkpoint, or null to keep nothing
   */
  BestWeights(Trainer.Validation validation, Path folder) {
    this.validation = validation;
    this.folder = folder;
    if (folder != null && Files.exists(folder.resolve(FILE))) {
      Safetensors stored = Safetensors.read(folder.resolve(FILE));
      lowest = Double.parseDouble(stored.metadata().get(LOSS));
      weights = stored.tensors();
    }
  }

  /** Keeps the weights if they are better than all before. */
  void judge(Map<String, HostTensor> candidate) {
    double loss = validation.loss(candidate);
    if (loss < lowest || weights == null) {
      lowest = loss;
      weights = candidate;
      if (folder != null) {
        Checkpoint.store(
            new Safetensors(weights, Map.of(LOSS, Double.toString(lowest))), folder.resolve(FILE));
      }
    }
  }

  Map<String, HostTensor> weights() {
    return weights;
  }
}
