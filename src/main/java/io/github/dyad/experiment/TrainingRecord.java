package io.github.dyad.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dyad.InputException;
import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.experiment.store.WholeFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code training.json} in a model's folder says: how the model came about, and the checksums
 * of its files.
 *
 * @param model what is said of the weights
 * @param seconds time of the steps that were computed
 * @param timedSteps number of these; less than all when the training was continued
 * @param environment where it was trained
 * @param files SHA-256 by name, relative to the model's folder
 */
record TrainingRecord(
    TrainedModel model,
    double seconds,
    int timedSteps,
    Map<String, String> environment,
    Map<String, String> files) {

  static final String FILE = "training.json";

  /** Of a finished model; empty where there is none. */
  static Optional<TrainingRecord> read(Path modelFolder) {
    return WholeFile.read(modelFolder.resolve(FILE)).flatMap(Json::parse).map(TrainingRecord::of);
  }

  private static TrainingRecord of(JsonNode json) {
    return new TrainingRecord(
        new TrainedModel(json.path("parameters").asLong(), json.path("iterations").asInt()),
        json.path("seconds").asDouble(),
        json.path("timed_steps").asInt(),
        LedgerEntry.strings(json.path("environment")),
        LedgerEntry.strings(json.path("files")));
  }

  /**
   * @param except names of files that need not be looked at
   * @throws InputException when a file is missing or not as the training wrote it
   */
  void requireAsWritten(Path modelFolder, Set<String> except) {
    files.forEach(
        (name, sha256) -> {
          Path file = modelFolder.resolve(name).normalize();
          boolean inside = file.startsWith(modelFolder.normalize());
          if (!except.contains(name)
              && !(inside && Files.isRegularFile(file) && Sha256.of(file).equals(sha256))) {
            throw new InputException(
                file
                    + " is missing or not as the training wrote it (its checksum in "
                    + FILE
                    + " differs); delete the folder "
                    + modelFolder.getFileName()
                    + " and run the experiment again");
          }
        });
  }

  /** Checksums of what stands in the folder. */
  static Map<String, String> checksums(Path modelFolder) {
    Map<String, String> files = new LinkedHashMap<>();
    for (Path file : WholeFile.files(modelFolder)) {
      files.put(modelFolder.relativize(file).toString().replace('\\', '/'), Sha256.of(file));
    }
    return files;
  }

  void write(Path modelFolder, String key, TrainingTask task) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("key", key);
    tree.put("part", task.part().tree());
    tree.put("teacher", task.teacherFile());
    tree.put("dataset", task.splits().dataset());
    tree.put("train_images", task.splits().train().size());
    tree.put("parameters", model.parameters());
    tree.put("iterations", model.iterations());
    tree.put("seconds", seconds);
    tree.put("timed_steps", timedSteps);
    tree.put("environment", environment);
    tree.put("files", files);
    WholeFile.write(modelFolder.resolve(FILE), Json.pretty(tree));
  }
}
