package io.github.dyad.cli;

import io.github.dyad.InputException;
import io.github.dyad.experiment.CacheFolder;
import io.github.dyad.experiment.DataRoom;
import io.github.dyad.experiment.Engine;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.GridPlanner;
import io.github.dyad.search.Search;
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

  /** A plain grid. */
  Experiment experiment() {
    Experiment experiment = Experiment.read(file);
    if (experiment.search(smoke) != null) {
      throw new InputException(file + " is a search; expected ./dyad search " + file);
    }
    return experiment;
  }

  /** An experiment with a section {@code search}. */
  Search search() {
    return Search.of(Experiment.read(file), smoke);
  }

  Path results(Experiment experiment) {
    return results(experiment.resultsName(smoke));
  }

  Path results(String name) {
    return results != null ? results : Path.of("results", name);
  }

  /** Finds images and teachers of every trial. */
  Grid grid(Experiment experiment, Engine engine) {
    DataRoom room = DataRoom.in(CacheFolder.get().resolve("data"));
    Grid grid =
        new GridPlanner(room, engine::teacherSha256).plan(experiment, experiment.trials(smoke));
    grid.trainings().values().forEach(engine::check);
    return grid;
  }
}
