package io.github.dyad.experiment;

import io.github.dyad.experiment.Grid.PlannedModel;
import io.github.dyad.experiment.Grid.PlannedRow;
import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.experiment.store.WholeFile;
import io.github.dyad.experiment.yaml.RecordTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How every number came about, and the checksum of every file. */
final class Manifest {
  static final String EXPERIMENT = "experiment";
  static final String FILE = "file";
  static final String TRIALS = "trials";
  static final String NAME = "name";
  static final String CONFIGURATION = "configuration";

  private final Grid grid;
  private final ResultsFolder folder;
  private final List<Map<String, Object>> trials = new ArrayList<>();
  private final List<Map<String, String>> environments = new ArrayList<>();
  private final Map<String, Object> trainings = new LinkedHashMap<>();
  private final Map<String, String> files = new TreeMap<>();
  private List<Object> rows = new ArrayList<>();

  Manifest(Grid grid, ResultsFolder folder) {
    this.grid = grid;
    this.folder = folder;
  }

  void add(Trial trial) {
    rows = new ArrayList<>();
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put(NAME, trial.name());
    tree.put("seed", trial.config().training().seed());
    tree.put("assumptions", Assumptions.of(trial.config()));
    tree.put(CONFIGURATION, RecordTree.of(trial.config()));
    tree.put("rows", rows);
    trials.add(tree);
  }

  /** A finished row of the trial added last. */
  void add(Trial trial, PlannedModel model, PlannedRow row, LedgerEntry entry) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("split", row.split());
    tree.put("key", row.key());
    tree.put("training", model.trainingKey());
    tree.put("scored_in", index(entry.environment()));
    rows.add(tree);
    files.put(folder.name(folder.scores(trial.name(), row.split())), entry.scoresSha256());
    checksum(folder.ledger(trial.name(), row.split()));
    checksum(folder.features(trial.name(), row.split()));
    if (!trainings.containsKey(model.trainingKey())) {
      trainings.put(model.trainingKey(), training(model, entry));
    }
  }

  private Map<String, Object> training(PlannedModel model, LedgerEntry entry) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("teacher_sha256", model.task().part().teacherSha256());
    tree.put("dataset", model.task().splits().dataset());
    tree.put("images_sha256", model.task().part().imagesSha256());
    tree.put("parameters", entry.training().parameters());
    tree.put("trained_in", index(entry.trainedIn()));
    Path modelFolder = folder.model(model.trainingKey());
    TrainingRecord.read(modelFolder)
        .ifPresent(
            record ->
                record
                    .files()
                    .forEach(
                        (name, sha256) ->
                            files.put(folder.name(modelFolder.resolve(name)), sha256)));
    checksum(modelFolder.resolve(TrainingRecord.FILE));
    checksum(folder.curve(model.trainingKey()));
    checksum(folder.stepTimes(model.trainingKey()));
    return tree;
  }

  private int index(Map<String, String> environment) {
    if (!environments.contains(environment)) {
      environments.add(environment);
    }
    return environments.indexOf(environment);
  }

  private void checksum(Path file) {
    if (Files.isRegularFile(file)) {
      files.put(folder.name(file), Sha256.of(file));
    }
  }

  /** As seen from the results folder, so that both can move together. */
  private String fromFolder(Path file) {
    Path from = folder.root().toAbsolutePath().normalize();
    Path to = file.toAbsolutePath().normalize();
    Path seen = to.getRoot().equals(from.getRoot()) ? from.relativize(to) : to;
    return seen.toString().replace('\\', '/');
  }

  void write() {
    checksum(folder.results());
    checksum(folder.timings());
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put(EXPERIMENT, grid.experiment());
    tree.put(FILE, fromFolder(grid.file()));
    tree.put("environments", environments);
    tree.put("trainings", trainings);
    tree.put(TRIALS, trials);
    tree.put("files", files);
    WholeFile.write(folder.manifest(), Json.pretty(tree));
  }
}
