package io.github.dyad.cli;

import io.github.dyad.InputException;
import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.Grid.PlannedTrial;
import io.github.dyad.experiment.RunPage;
import io.github.dyad.report.LivePage;
import java.util.ServiceLoader;
import picocli.CommandLine.Option;

/** {@code --ui [PORT]}: the live page; {@code --ui dl4j}: another build's. */
final class UiOption {
  private static final String DEFAULT_PORT = "8765";

  @Option(
      names = "--ui",
      arity = "0..1",
      fallbackValue = DEFAULT_PORT,
      paramLabel = "PORT",
      description = {
        "Shows the run on a page at 127.0.0.1 (default port: " + DEFAULT_PORT + "; 0: any).",
        "dl4j: on Deeplearning4j's training UI, which the profile dl4j-ui brings."
      })
  private String ui;

  /** Null where no page was asked for. */
  RunPage open(Grid grid) {
    if (ui == null) {
      return null;
    }
    for (TrainingUi other : ServiceLoader.load(TrainingUi.class)) {
      if (other.id().equals(ui)) {
        return other.open(grid);
      }
    }
    if (!ui.matches("\\d{1,5}") || Integer.parseInt(ui) > 65_535) {
      throw new InputException(
          "--ui is \""
              + ui
              + "\"; expected a port, or dl4j in a build with the profile dl4j-ui. The experiment"
              + " file goes in front: dyad run FILE --ui");
    }
    return new LivePage(Integer.parseInt(ui), label -> imagesPerStep(grid, label));
  }

  private static int imagesPerStep(Grid grid, String label) {
    PlannedTrial trial = grid.trialOf(label).orElseThrow();
    int images = trial.models().get(0).task().splits().train().size();
    return Math.min(trial.trial().config().training().batchSize(), images);
  }
}
