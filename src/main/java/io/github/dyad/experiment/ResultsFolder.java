package io.github.dyad.experiment;

import io.github.dyad.experiment.store.FileLock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Where everything of one experiment's results is.
 *
 * <pre>
 * results.csv  timings.csv  manifest.json
 * scores/TRIAL/ROW.csv      every test image
 * features/TRIAL/ROW.safetensors   vectors of its images, where they were asked for
 * ledger/TRIAL/ROW.json     what is known of a finished row; results.csv is made from these
 * models/KEY/               of the training with this key, with training.json
 * curves/KEY.csv            its training curve
 * timings/KEY.csv           its throughput
 * .run/                     locks, checkpoints and half-made models of runs in progress
 * </pre>
 *
 * @param root need not be there yet
 */
public record ResultsFolder(Path root) {

  public Path results() {
    return root.resolve("results.csv");
  }

  public Path timings() {
    return root.resolve("timings.csv");
  }

  public Path manifest() {
    return root.resolve("manifest.json");
  }

  public Path scores(String trial, String row) {
    return root.resolve("scores").resolve(trial).resolve(fileName(row) + ".csv");
  }

  /** {@link FeatureVectors}. */
  public Path features(String trial, String row) {
    return root.resolve("features").resolve(trial).resolve(fileName(row) + ".safetensors");
  }

  Path models() {
    return root.resolve("models");
  }

  public Path model(String trainingKey) {
    return models().resolve(trainingKey);
  }

  public Path curve(String trainingKey) {
    return root.resolve("curves").resolve(trainingKey + ".csv");
  }

  public Path stepTimes(String trainingKey) {
    return root.resolve("timings").resolve(trainingKey + ".csv");
  }

  /**
   * Each metric's mean over a trial's rows by its column, as its last row in {@code results.csv}
   * has it; empty unless all of them are finished.
   */
  public Optional<Map<String, Double>> metrics(Grid.PlannedTrial planned) {
    Ledger ledger = new Ledger(this);
    List<LedgerEntry> entries = new ArrayList<>();
    for (Grid.PlannedRow row : planned.rows()) {
      Optional<LedgerEntry> entry = ledger.entry(planned.trial(), row);
      if (entry.isEmpty()) {
        return Optional.empty();
      }
      entries.add(entry.get());
    }
    List<Map<String, Double>> rows = new ArrayList<>();
    for (LedgerEntry entry : entries) {
      Map<String, Double> row = new LinkedHashMap<>(entry.extra());
      entry.metrics().forEach((column, value) -> row.put(column.header(), value));
      rows.add(row);
    }
    return Optional.of(ExtraMetrics.means(rows));
  }

  Path ledger(String trial, String row) {
    return root.resolve("ledger").resolve(trial).resolve(fileName(row) + ".json");
  }

  Path checkpoints(String trainingKey) {
    return root.resolve(".run").resolve("checkpoints").resolve(trainingKey);
  }

  Path unfinishedModel(String trainingKey) {
    return root.resolve(".run").resolve("models").resolve(trainingKey);
  }

  /** Who holds it may write what belongs to this training and the rows made from it. */
  Optional<FileLock> tryLockTraining(String trainingKey) {
    return FileLock.tryAcquire(trainingLock(trainingKey));
  }

  /** Waits; empty when {@code stop} became true first. */
  Optional<FileLock> lockTraining(String trainingKey, BooleanSupplier stop) {
    return FileLock.acquire(trainingLock(trainingKey), stop);
  }

  /** Who holds it may write the three files at the top. Held for moments only. */
  FileLock lockTop() {
    return FileLock.acquire(root.resolve(".run").resolve("top.lock"), () -> false)
        .orElseThrow(StoppedException::new);
  }

  /** A path in these results as files name it: relative, '/'-separated. */
  String name(Path path) {
    return root.relativize(path).toString().replace('\\', '/');
  }

  private Path trainingLock(String trainingKey) {
    return root.resolve(".run").resolve(trainingKey + ".lock");
  }

  /** Classes may be called "T-shirt/top". */
  private static String fileName(String row) {
    String safe = row.replaceAll("[^\\p{L}\\p{N}._+-]", "-");
    return safe.startsWith(".") ? "-" + safe.substring(1) : safe;
  }
}
