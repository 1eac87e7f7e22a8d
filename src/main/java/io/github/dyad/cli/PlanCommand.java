package io.github.dyad.cli;

import io.github.dyad.InputException;
import io.github.dyad.experiment.DistillationEngine;
import io.github.dyad.experiment.Engine;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.Outline;
import io.github.dyad.experiment.TrainingTask;
import io.github.dyad.experiment.Trial;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dyad plan}: what a run would do. */
@Command(
    name = "plan",
    description = "Prints the trials of an experiment and the trainings that they share.",
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ExperimentOptions options;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    Experiment experiment = options.experiment();
    Machine.check();
    PrintWriter out = spec.commandLine().getOut();
    try (Engine engine = new DistillationEngine(common.workers())) {
      print(options.grid(experiment, engine), out);
    } catch (InputException e) {
      // Someone without the images or the teacher still sees what would run.
      print(experiment.trials(options.smoke), out);
      spec.commandLine().getErr().println("dyad: not to be run yet: " + e.getMessage());
    }
    return Main.DONE;
  }

  private static void print(Grid grid, PrintWriter out) {
    Map<String, TrainingTask> trainings = grid.trainings();
    long iterations = 0;
    for (TrainingTask task : trainings.values()) {
      iterations += task.part().iterations();
    }
    int rows = grid.trials().stream().mapToInt(trial -> trial.rows().size()).sum();
    out.println(grid.trials().size() + " trials, " + rows + " rows");
    out.println(trainings.size() + " trainings, " + iterations + " iterations");
    for (Grid.PlannedTrial trial : grid.trials()) {
      for (Grid.PlannedModel model : trial.models()) {
        out.println(
            "  "
                + trial.trial().name()
                + "  split "
                + model.split()
                + "  training "
                + model.trainingKey().substring(0, 12)
                + "  "
                + model.task().splits().train().size()
                + " training images");
      }
    }
  }

  private static void print(List<Trial> trials, PrintWriter out) {
    Outline outline = Outline.of(trials);
    long iterations = outline.trainings().stream().mapToLong(Integer::longValue).sum();
    out.println(trials.size() + " trials");
    out.println(
        outline.trainings().size()
            + " trainings, "
            + iterations
            + " iterations; each once for every split or single class of its data");
    for (Trial trial : trials) {
      out.println("  " + trial.name() + "  training " + outline.trainingOf().get(trial.name()));
    }
  }
}
