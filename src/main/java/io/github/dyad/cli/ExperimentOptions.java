package io.github.dyad.cli;

import io.github.dyad.experiment.CacheFolder;
import io.github.dyad.experiment.DataRoom;
import io.github.dyad.experiment.Engine;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.GridPlanner;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An experiment file and what is made of it. */
final class ExperimentOptions {
  @Parameters(
      paramLabel = "FILE",
      description = "An experiment file, such as experiments/quickstart.yaml.")
  Path file;

  @Option(names = "--smoke", description = "With the file's overrides for a quick try-out.")
  boolean smoke;

  @Option(
      names = "--results",
      paramLabel = "DIR",
      description = "Where results go (default: results/NAME).")
  private Path results;

  Experiment experiment() {
    return Experiment.read(file);
  }

  Path results(Experiment experiment) {
    return results != null ? results : Path.of("results", experiment.resultsName(smoke));
  }

  /** Finds images and teachers of every trial. */
  Grid grid(Experiment experiment, Engine engine) {
    DataRoom room = DataRoom.in(CacheFolder.get().resolve("data"));
    return new GridPlanner(room, engine::teacherSha256).plan(experiment, experiment.trials(smoke));
  }
}
