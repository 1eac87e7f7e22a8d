package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.data.Sample;
import io.github.dyad.distillation.HeldBack;
import io.github.dyad.experiment.Grid.PlannedModel;
import io.github.dyad.experiment.Grid.PlannedRow;
import io.github.dyad.experiment.Grid.PlannedTrial;
import io.github.dyad.experiment.store.Decimals;
import io.github.dyad.experiment.store.FileLock;
import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.store.WholeFile;
import io.github.dyad.experiment.yaml.RecordTree;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes {@code results.csv}, {@code timings.csv} and {@code manifest.json} anew from the ledger.
 * Whoever does it, however often: the same ledger gives the same bytes.
 */
final class Publisher {
  private static final List<String> TIMING_HEADER =
      List.of(
          "trial",
          "dataset",
          "split",
          "training",
          "train_seconds",
          "train_steps",
          "images_per_second",
          "score_images",
          "score_seconds",
          "ms_per_image",
          "warm_up_images",
          "timed_images");

  private final Grid grid;
  private final ResultsFolder folder;
  private final Ledger ledger;

  Publisher(Grid grid, ResultsFolder folder, Ledger ledger) {
    this.grid = grid;
    this.folder = folder;
    this.ledger = ledger;
  }

  /** The rows that are finished by now, which now stand in {@code results.csv}. */
  List<ResultRow> publish() {
    try (FileLock lock = folder.lockTop()) {
      refuseOtherExperiment();
      List<ResultRow> rows = new ArrayList<>();
      CsvTable timings = new CsvTable(TIMING_HEADER);
      Manifest manifest = new Manifest(grid, folder);
      for (PlannedTrial planned : grid.trials()) {
        rows.addAll(rows(planned, timings, manifest));
      }
      WholeFile.write(folder.results(), ResultTable.write(rows));
      WholeFile.write(folder.timings(), timings.text());
      manifest.write();
      return rows;
    }
  }

  private void refuseOtherExperiment() {
    WholeFile.read(folder.manifest())
        .flatMap(Json::parse)
        .map(manifest -> manifest.path("experiment").asText())
        .filter(other -> !other.equals(grid.experiment()))
        .ifPresent(
            other -> {
              throw new InputException(
                  folder.root()
                      + " holds the results of the experiment "
                      + other
                      + "; give "
                      + grid.experiment()
                      + " a folder of its own with --results");
            });
  }

  private List<ResultRow> rows(PlannedTrial planned, CsvTable timings, Manifest manifest) {
    List<ResultRow> rows = new ArrayList<>();
    boolean complete = true;
    manifest.add(planned.trial());
    for (PlannedModel model : planned.models()) {
      for (PlannedRow row : model.rows()) {
        Optional<LedgerEntry> found = ledger.entry(planned.trial(), row);
        complete &= found.isPresent();
        if (found.isPresent()) {
          LedgerEntry entry = found.get();
          rows.add(row(planned.trial(), model, row, entry));
          timings.add(timing(planned.trial(), model, row, entry));
          manifest.add(planned.trial(), model, row, entry);
        }
      }
    }
    if (complete && !rows.isEmpty()) {
      rows.add(mean(planned.trial(), rows));
    }
    return rows;
  }

  private static ResultRow row(Trial trial, PlannedModel model, PlannedRow row, LedgerEntry entry) {
    Map<ResultColumn, String> values = shared(trial, model);
    values.put(ResultColumn.SPLIT, row.split());
    entry.metrics().forEach((column, value) -> values.put(column, Decimals.shortest(value)));
    MetricsConfig metrics = trial.config().metrics();
    if (entry.metrics().containsKey(ResultColumn.AUPRO)) {
      values.put(ResultColumn.AUPRO_FPR_LIMIT, Decimals.shortest(metrics.fprLimit()));
    }
    if (entry.metrics().containsKey(ResultColumn.SPRO)) {
      values.put(ResultColumn.SPRO_FPR_LIMIT, Decimals.shortest(metrics.sproFprLimit()));
    }
    values.put(ResultColumn.TRAIN_ITERATIONS, String.valueOf(entry.training().iterations()));
    values.put(ResultColumn.PARAMETERS, String.valueOf(entry.training().parameters()));
    values.put(ResultColumn.TRAIN_IMAGES, String.valueOf(trainedImages(trial, model)));
    values.put(ResultColumn.TEST_IMAGES, String.valueOf(row.test().size()));
    return new ResultRow(values, ExtraMetrics.cells(metrics.extra(), entry.extra()));
  }

  /** Without the normal images that are held back for the threshold. */
  private static int trainedImages(Trial trial, PlannedModel model) {
    List<Sample> images = model.task().splits().train();
    int normals = (int) images.stream().filter(image -> !image.anomalous()).count();
    return images.size() - HeldBack.count(normals, trial.config().training());
  }

  private static Map<ResultColumn, String> shared(Trial trial, PlannedModel model) {
    TrialConfig config = trial.config();
    Map<ResultColumn, String> values = new EnumMap<>(ResultColumn.class);
    values.put(ResultColumn.TRIAL, trial.name());
    values.put(ResultColumn.DATASET, config.data().name());
    values.put(ResultColumn.SETTING, RecordTree.kebab(config.data().setting()));
    values.put(ResultColumn.STUDENTS, trial.students());
    values.put(ResultColumn.CLASS_TOKENS, trial.classTokens());
    values.put(ResultColumn.OBJECTIVE, trial.objective());
    values.put(ResultColumn.FUSION, trial.fusion());
    values.put(ResultColumn.SEED, String.valueOf(config.training().seed()));
    values.put(ResultColumn.ASSUMPTIONS, Assumptions.of(config));
    values.put(ResultColumn.TEACHER, teacher(config, model.task().part().teacherSha256()));
    values.put(ResultColumn.CROP, String.valueOf(config.data().size().crop()));
    values.put(ResultColumn.FEW_SHOT, String.valueOf(config.data().fewShot()));
    values.put(ResultColumn.KNOWN_ANOMALIES, Decimals.shortest(config.data().knownAnomalies()));
    values.put(ResultColumn.LIMIT_TRAIN, String.valueOf(config.data().limitTrain()));
    values.put(ResultColumn.LIMIT_TEST, String.valueOf(config.data().limitTest()));
    return values;
  }

  /** A name for people and a hash for certainty; no folder, which differs between machines. */
  private static String teacher(TrialConfig config, String sha256) {
    String file = config.teacher().file().replace('\\', '/');
    return file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf(':')) + 1)
        + " "
        + sha256.substring(0, 8);
  }

  /** What all rows agree in, with the mean of what was measured. */
  private static ResultRow mean(Trial trial, List<ResultRow> rows) {
    Map<ResultColumn, String> values = new EnumMap<>(ResultColumn.class);
    for (ResultColumn column : ResultColumn.values()) {
      if (column.isMetric()) {
        if (rows.stream().noneMatch(row -> row.get(column).isEmpty())) {
          double sum = rows.stream().mapToDouble(row -> row.metric(column)).sum();
          values.put(column, Decimals.shortest(sum / rows.size()));
        }
      } else if (rows.stream().map(row -> row.get(column)).distinct().count() == 1) {
        values.put(column, rows.get(0).get(column));
      }
    }
    values.put(ResultColumn.TRIAL, trial.name());
    values.put(ResultColumn.SPLIT, ResultRow.MEAN);
    values.put(
        ResultColumn.TEST_IMAGES,
        String.valueOf(
            rows.stream()
                .mapToLong(row -> Long.parseLong(row.get(ResultColumn.TEST_IMAGES)))
                .sum()));
    return new ResultRow(values, ExtraMetrics.meanCells(trial.config().metrics().extra(), rows));
  }

  private static List<?> timing(
      Trial trial, PlannedModel model, PlannedRow row, LedgerEntry entry) {
    LedgerEntry.Timing timing = entry.timing();
    int images =
        Math.min(model.task().part().training().batchSize(), model.task().splits().train().size());
    return List.of(
        trial.name(),
        trial.config().data().name(),
        row.split(),
        model.trainingKey(),
        Decimals.shortest(timing.trainSeconds()),
        timing.trainSteps(),
        timing.trainSteps() == 0 || timing.trainSeconds() == 0
            ? ""
            : Decimals.shortest(timing.trainSteps() * images / timing.trainSeconds()),
        row.test().size(),
        Decimals.shortest(timing.scoreSeconds()),
        Decimals.shortest(timing.millisPerImage()),
        timing.protocol().warmUp(),
        timing.protocol().timed());
  }
}
