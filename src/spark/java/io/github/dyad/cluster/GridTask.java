package io.github.dyad.cluster;

import io.github.dyad.InputException;
import io.github.dyad.experiment.CacheFolder;
import io.github.dyad.experiment.Cluster.GridOrder;
import io.github.dyad.experiment.DataRoom;
import io.github.dyad.experiment.DistillationEngine;
import io.github.dyad.experiment.Engine;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.GridPlanner;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.experiment.RunListener;
import io.github.dyad.experiment.RunReport;
import io.github.dyad.experiment.Runner;
import io.github.dyad.experiment.StoppedException;
import io.github.dyad.experiment.TimingProtocol;
import io.github.dyad.experiment.store.Sha256;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * One training with its rows, as it travels to an executor.
 *
 * @param experimentSha256 of the experiment file as the driver read it
 * @param presence a file that the driver put into the results folder
 * @param trainingKey holds the hashes of teacher, images and options: planned anew on the executor,
 *     it only comes out the same when all of them are the same there
 * @param workers threads
 */
record GridTask(
    String experiment,
    String experimentSha256,
    boolean smoke,
    String results,
    String presence,
    String trainingKey,
    long checkpointMillis,
    int workers)
    implements Serializable {

  /** What did not get done. */
  record Failure(String label, String message) implements Serializable {}

  static GridTask of(GridOrder order, String presence, String trainingKey, int workers) {
    Path experiment = order.experiment().toAbsolutePath();
    return new GridTask(
        experiment.toString(),
        Sha256.of(experiment),
        order.smoke(),
        order.results().toAbsolutePath().toString(),
        presence,
        trainingKey,
        order.checkpointEvery().toMillis(),
        workers);
  }

  /**
   * On the executor. Another executor that was lost with this task left its checkpoints in the
   * results folder, and its locks went with it.
   */
  List<Failure> run(String host, BooleanSupplier stop) {
    try (Engine engine = new DistillationEngine(workers, Duration.ofMillis(checkpointMillis))) {
      RunReport report =
          new Runner(
                  grid(host, engine),
                  new ResultsFolder(Path.of(results)),
                  engine,
                  smoke ? TimingProtocol.SMOKE : TimingProtocol.PAPER,
                  RunListener.SILENT,
                  stop)
              .run(Set.of(trainingKey));
      if (report.stopped()) {
        throw new StoppedException();
      }
      List<Failure> failures = new ArrayList<>();
      for (RunListener.Failure failure : report.failures()) {
        failures.add(new Failure(failure.label(), failure.message()));
      }
      return failures;
    } catch (InputException e) {
      return List.of(new Failure("training " + trainingKey.substring(0, 12), e.getMessage()));
    }
  }

  private Grid grid(String host, Engine engine) {
    Path file = Path.of(experiment);
    if (!Files.isRegularFile(Path.of(results).resolve(presence))) {
      throw new InputException(
          results
              + ": "
              + host
              + " does not see the driver's results folder; give one on storage that all machines"
              + " share");
    }
    if (!Files.isRegularFile(file) || !Sha256.of(file).equals(experimentSha256)) {
      throw new InputException(
          file + ": not there on " + host + ", or not the file that the driver read");
    }
    Experiment read = Experiment.read(file);
    DataRoom room = DataRoom.in(CacheFolder.get().resolve("data"));
    Grid grid = new GridPlanner(room, engine::teacherSha256).plan(read, read.trials(smoke));
    if (!grid.trainings().containsKey(trainingKey)) {
      throw new InputException(
          file
              + ": images or teacher on "
              + host
              + " are not those of the driver (their checksums differ); copy them anew");
    }
    return grid;
  }
}
