package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.ImageScore;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.MaskRule;
import io.github.dyad.data.Sample;
import io.github.dyad.experiment.Grid.PlannedModel;
import io.github.dyad.experiment.Grid.PlannedRow;
import io.github.dyad.experiment.Grid.PlannedTrial;
import io.github.dyad.experiment.RunListener.Failure;
import io.github.dyad.experiment.RunListener.ResultRowSummary;
import io.github.dyad.experiment.store.FileLock;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.experiment.store.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Runs what is missing of a grid. Each training is done once, under a lock of its key, and serves
 * every row that shares it; each row counts from the moment its ledger entry is on the disk.
 * Several runners may work in one folder.
 */
public final class Runner {
  /** Images that are decoded for timing; they are taken in turn. */
  private static final int DECODED = 16;

  private record Row(PlannedTrial trial, PlannedModel model, PlannedRow row) {}

  private final Grid grid;
  private final ResultsFolder folder;
  private final Engine engine;
  private final TimingProtocol protocol;
  private final RunListener listener;
  private final BooleanSupplier stop;

  private final Ledger ledger;
  private final Publisher publisher;
  private final Map<String, String> environment;
  private final ModelStore models;
  private final List<Failure> failures = new ArrayList<>();

  /**
   * @param protocol how the time of one image is measured
   * @param stop asked often; when true, the run ends after a checkpoint
   */
  public Runner(
      Grid grid,
      ResultsFolder folder,
      Engine engine,
      TimingProtocol protocol,
      RunListener listener,
      BooleanSupplier stop) {
    this.grid = grid;
    this.folder = folder;
    this.engine = engine;
    this.protocol = protocol;
    this.listener = listener;
    this.stop = stop;
    this.ledger = new Ledger(folder);
    this.publisher = new Publisher(grid, folder, ledger);
    this.environment = Provenance.collect(engine);
    this.models = new ModelStore(folder, engine, environment);
  }

  /**
   * Failing trials are in the report, and the rest is done all the same.
   *
   * @throws io.github.dyad.InputException when the results folder cannot be written, or holds
   *     another experiment
   */
  public RunReport run() {
    return run(grid.trainings().keySet());
  }

  /**
   * Does a part of the grid; the folder's three files at the top are of all of it.
   *
   * @param trainingKeys of the trainings that are done with their rows
   * @throws io.github.dyad.InputException as {@link #run()}
   */
  public RunReport run(Set<String> trainingKeys) {
    publisher.publish(); // tells a read-only folder before any work
    Map<String, List<Row>> byTraining = byTraining();
    byTraining.keySet().retainAll(trainingKeys);
    tellPlan(byTraining);
    boolean stopped = false;
    try {
      Map<String, List<Row>> heldElsewhere = new LinkedHashMap<>();
      byTraining.forEach(
          (key, rows) -> {
            Optional<FileLock> lock = missing(rows).isEmpty() ? null : tryLock(key);
            if (lock == null) {
              return;
            }
            if (lock.isPresent()) {
              runLocked(key, rows, lock.get());
            } else {
              listener.heldElsewhere(label(rows), false);
              heldElsewhere.put(key, rows);
            }
          });
      heldElsewhere.forEach(
          (key, rows) -> {
            listener.heldElsewhere(label(rows), true);
            runLocked(key, rows, folder.lockTraining(key, stop).orElseThrow(StoppedException::new));
          });
    } catch (StoppedException e) {
      stopped = true;
    }
    return report(publisher.publish(), stopped);
  }

  /**
   * Has other machines do what is missing.
   *
   * @throws io.github.dyad.InputException as {@link #run()}
   */
  public RunReport run(Cluster cluster, Cluster.GridOrder order) {
    publisher.publish();
    Map<String, List<Row>> byTraining = byTraining();
    tellPlan(byTraining);
    List<String> keys =
        byTraining.keySet().stream()
            .filter(key -> !missing(byTraining.get(key)).isEmpty())
            .toList();
    boolean stopped = false;
    try {
      if (!keys.isEmpty()) {
        cluster.run(order, keys, stop).forEach(this::fail);
      }
    } catch (StoppedException e) {
      stopped = true;
    }
    return report(publisher.publish(), stopped);
  }

  private Optional<FileLock> tryLock(String key) {
    return folder.tryLockTraining(key);
  }

  private Map<String, List<Row>> byTraining() {
    Map<String, List<Row>> groups = new LinkedHashMap<>();
    for (PlannedTrial trial : grid.trials()) {
      for (PlannedModel model : trial.models()) {
        for (PlannedRow row : model.rows()) {
          groups
              .computeIfAbsent(model.trainingKey(), key -> new ArrayList<>())
              .add(new Row(trial, model, row));
        }
      }
    }
    return groups;
  }

  private List<Row> missing(List<Row> rows) {
    return rows.stream().filter(row -> ledger.entry(row.trial.trial(), row.row).isEmpty()).toList();
  }

  private void tellPlan(Map<String, List<Row>> byTraining) {
    int missingRows = 0;
    int missingTrainings = 0;
    long work = 0;
    for (Map.Entry<String, List<Row>> group : byTraining.entrySet()) {
      List<Row> missing = missing(group.getValue());
      missingRows += missing.size();
      if (!missing.isEmpty() && models.find(group.getKey()).isEmpty()) {
        missingTrainings++;
        work += RunWork.training(missing.get(0).model.task());
      }
      work += passes(missing).values().stream().mapToLong(RunWork::scoring).sum();
    }
    int rows = byTraining.values().stream().mapToInt(List::size).sum();
    listener.planned(grid.trials().size(), rows, missingRows, missingTrainings, work);
  }

  private record Pass(
      String images, String split, AnomalyConfig map, MaskRule masks, MetricsConfig metrics) {}

  /** Rows that differ only behind the networks share one pass over their images. */
  private static Map<Pass, Integer> passes(List<Row> rows) {
    return rows.stream()
        .collect(Collectors.toMap(Runner::pass, row -> row.row.test().size(), Math::max));
  }

  private static Pass pass(Row row) {
    AnomalyConfig options = row.trial.trial().config().anomaly();
    AnomalyConfig defaults = AnomalyConfig.DEFAULTS;
    return new Pass(
        row.model.task().splits().manifestHash(),
        row.row.split(),
        new AnomalyConfig(
            defaults.classTokens(),
            defaults.fusion(),
            defaults.decoderScore(),
            options.topShare(),
            defaults.temperature(),
            options.mapSize(),
            options.gaussianSize(),
            options.gaussianSigma()),
        row.trial.trial().config().data().masks(),
        row.trial.trial().config().metrics().withExtra(List.of()));
  }

  private void runLocked(String key, List<Row> rows, FileLock lock) {
    try (lock) {
      List<Row> missing = missing(rows); // another run may have finished some by now
      if (!missing.isEmpty()) {
        runTraining(key, missing);
      }
    } catch (StepFailure e) {
      fail(label(rows), e);
    }
    publisher.publish();
  }

  private void runTraining(String key, List<Row> rows) {
    TrainingTask task = rows.get(0).model.task();
    TrainingRecord training =
        wholeModel(key)
            .orElseGet(
                () -> {
                  listener.trainingStarted(label(rows), task.part().iterations());
                  return models.train(key, task, listener, stop);
                });
    try (Scorer scorer = opened(folder.model(key), task)) {
      double millis = millisPerImage(scorer, rows.get(0));
      Map<Pass, ScoredImages> passes = new LinkedHashMap<>();
      for (Row row : rows) {
        try {
          ScoredImages images = passes.computeIfAbsent(pass(row), pass -> score(scorer, row));
          finish(row, training, scorer, images, millis);
        } catch (StepFailure e) {
          fail(row.trial.trial().name() + " " + row.row.split(), e);
        }
      }
    }
  }

  private Optional<TrainingRecord> wholeModel(String key) {
    try {
      return models.findWhole(key);
    } catch (InputException e) {
      throw new StepFailure("opening the model", "", e);
    }
  }

  private Scorer opened(Path model, TrainingTask task) {
    try {
      return engine.open(model, task);
    } catch (RuntimeException | OutOfMemoryError e) {
      throw new StepFailure("opening the model", "", e);
    }
  }

  private double millisPerImage(Scorer scorer, Row row) {
    int distinct = Math.min(row.row.test().size(), DECODED);
    try {
      List<Runnable> images = new ArrayList<>();
      for (Sample sample : row.row.test().subList(0, distinct)) {
        images.add(scorer.singleImage(sample, row.trial.trial().config().anomaly()));
      }
      return protocol.medianMillis(images);
    } catch (RuntimeException | OutOfMemoryError e) {
      throw new StepFailure("timing an image", "", e);
    }
  }

  /**
   * What one pass over a row's images gave.
   *
   * @param pixels pixel metrics, if there are any
   */
  private record ScoredImages(
      List<RawScores> raw, Map<ResultColumn, Double> pixels, double seconds) {}

  private ScoredImages score(Scorer scorer, Row row) {
    listener.scoringStarted(
        row.trial.trial().name() + " " + row.row.split(), row.row.test().size());
    long start = System.nanoTime();
    TrialConfig config = row.trial.trial().config();
    Optional<PixelScores> pixels =
        PixelScores.wanted(config, row.row.test())
            ? Optional.of(new PixelScores(config))
            : Optional.empty();
    try {
      List<RawScores> raw = scorer.score(row.row.test(), config.anomaly(), scoringListener(pixels));
      return new ScoredImages(
          raw, pixels.map(PixelScores::values).orElse(Map.of()), (System.nanoTime() - start) / 1e9);
    } catch (StoppedException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      throw new StepFailure("scoring", "", e);
    }
  }

  private Scorer.ScoringListener scoringListener(Optional<PixelScores> pixels) {
    return new Scorer.ScoringListener() {
      @Override
      public void scored(int images) {
        listener.worked(RunWork.scoring(images));
      }

      @Override
      public void mapped(Sample image, float[] map) {
        pixels.ifPresent(scores -> scores.add(image, map));
      }

      @Override
      public boolean stopRequested() {
        return stop.getAsBoolean();
      }
    };
  }

  /** Scores to the disk, then the ledger entry that makes them count. */
  private void finish(
      Row row, TrainingRecord training, Scorer scorer, ScoredImages images, double millis) {
    TrialConfig config = row.trial.trial().config();
    ScoreTable scores =
        ScoreTable.of(row.row.test(), images.raw, raw -> ImageScore.of(raw, config.anomaly()));
    Map<ResultColumn, Double> metrics;
    Map<String, Double> extra;
    try {
      metrics =
          RowMetrics.of(
              config.data().dataset(), config.data().locoAuroc(), row.row, scores.ranks());
      if (config.otherMethod().isPresent() || config.anomaly().fusion().needsDecoder()) {
        metrics.putAll(images.pixels); // the maps are the decoder student's, or the method's
      }
      extra =
          ExtraMetrics.of(
              config.metrics().extra(), scores.ranks(), scores.labels(), row.row.groups());
    } catch (RuntimeException e) {
      throw new StepFailure("metrics", "", e);
    }
    String text = scores.text();
    WholeFile.write(folder.scores(row.trial.trial().name(), row.row.split()), text);
    if (config.metrics().features()) {
      writeFeatures(row, scorer);
    }
    ledger.record(
        row.trial.trial(),
        row.row,
        new LedgerEntry(
            row.row.key(),
            metrics,
            extra,
            training.model(),
            Sha256.of(text),
            new LedgerEntry.Timing(
                training.seconds(), training.timedSteps(), images.seconds, millis, protocol),
            training.environment(),
            environment));
    listener.rowFinished(
        row.trial.trial().name(),
        new ResultRowSummary(row.row.split(), metrics.get(ResultColumn.IMAGE_AUROC)));
  }

  private void writeFeatures(Row row, Scorer scorer) {
    Path file = folder.features(row.trial.trial().name(), row.row.split());
    FeatureVectors vectors = new FeatureVectors();
    try {
      scorer.discrepancies(row.row.test(), row.trial.trial().config().anomaly(), vectors::add);
      vectors.write(file);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw new StepFailure("features", "", e);
    }
  }

  private void fail(String label, StepFailure failure) {
    fail(new Failure(label, failure.getMessage(), failure.getCause()));
  }

  private void fail(Failure failure) {
    failures.add(failure);
    listener.failed(failure);
  }

  /** The trials that share a training, and its split. */
  private static String label(List<Row> rows) {
    String trials =
        rows.stream()
            .map(row -> row.trial.trial().name())
            .distinct()
            .collect(Collectors.joining(", "));
    String split = rows.get(0).model.split();
    return split.equals(SplitPlan.ALL) ? trials : trials + " " + split;
  }

  private RunReport report(List<ResultRow> rows, boolean stopped) {
    int finished =
        (int)
            grid.trials().stream()
                .filter(
                    trial ->
                        trial.rows().stream()
                            .allMatch(row -> ledger.entry(trial.trial(), row).isPresent()))
                .count();
    return new RunReport(rows, grid.trials().size(), finished, failures, stopped);
  }
}
