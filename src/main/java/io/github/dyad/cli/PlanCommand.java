package io.github.dyad.cli;

import io.github.dyad.InputException;
import io.github.dyad.experiment.CacheFolder;
import io.github.dyad.experiment.DataRoom;
import io.github.dyad.experiment.DistillationEngine;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.GridPlanner;
import io.github.dyad.experiment.Outline;
import io.github.dyad.experiment.PlanEstimate;
import io.github.dyad.experiment.StandInRoom;
import io.github.dyad.experiment.StepMeasurement;
import io.github.dyad.experiment.TrainingTask;
import io.github.dyad.experiment.Trial;
import io.github.dyad.paper.PaperTables;
import io.github.dyad.paper.PublishedMethods;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dyad plan}: what a run would do, and what it would take. */
@Command(
    name = "plan",
    description = {
      "Prints the trials of an experiment, the trainings that they share, and the memory, disk and"
          + " time that they take on this machine, from a few measured steps at the real shape.",
      "Data that is not there is planned with its published counts, a teacher that is not there"
          + " with the shape that its name says."
    },
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
  private static final Pattern TABLE = Pattern.compile("table(\\d{1,2})");

  private static final Object[] SIZES = {
    "data set", "trainings", "core hours", "memory", "features", "models"
  };

  @Spec private CommandSpec spec;
  @Mixin private ExperimentOptions options;
  @Mixin private CommonOptions common;

  @Option(names = "--no-measure", description = "Leave out memory, disk and time.")
  private boolean noMeasure;

  @Override
  public Integer call() {
    Experiment experiment = options.experiment();
    Machine.check();
    PrintWriter out = spec.commandLine().getOut();
    List<Trial> trials = experiment.trials(options.smoke);
    Set<String> missing = new LinkedHashSet<>();
    try (DistillationEngine engine = new DistillationEngine(common.workers())) {
      DataRoom room = DataRoom.in(CacheFolder.get().resolve("data"));
      Grid grid =
          new GridPlanner(
                  new StandInRoom(room, missing::add),
                  file -> engine.teacherOrAssumed(file, missing::add))
              .plan(experiment, trials);
      print(grid, out);
      out.flush();
      if (!noMeasure) {
        print(PlanEstimate.of(grid, engine), common.workers(), out);
      }
    } catch (InputException e) {
      print(trials, out);
      missing.add(e.getMessage());
    }
    printPublishedOnly(experiment.name(), out);
    out.flush();
    PrintWriter err = spec.commandLine().getErr();
    missing.forEach(line -> err.println("dyad: not to be run yet: " + line));
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
    out.printf(Locale.ROOT, "%d trainings, %,d iterations%n", trainings.size(), iterations);
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
    out.printf(
        Locale.ROOT,
        "%d trainings, %,d iterations; each once for every split or single class of its data%n",
        outline.trainings().size(),
        iterations);
    for (Trial trial : trials) {
      out.println("  " + trial.name() + "  training " + outline.trainingOf().get(trial.name()));
    }
  }

  private static void print(PlanEstimate estimate, int workers, PrintWriter out) {
    new TreeMap<>(estimate.measurements())
        .forEach(
            (what, step) ->
                out.printf(
                    Locale.ROOT,
                    "measured: %s, %d workers: teacher %.3f s an image, both students' step %.3f s"
                        + " an image%s%n",
                    what,
                    workers,
                    step.featureSeconds(),
                    step.stepSeconds(),
                    scaled(step)));
    PlanEstimate.Cost total = estimate.total();
    out.printf(Locale.ROOT, "memory: about %s%n", bytes(total.memoryBytes()));
    out.printf(
        Locale.ROOT,
        "disk: about %s of kept features, %s of models%n",
        bytes(total.featureBytes()),
        bytes(total.modelBytes()));
    out.printf(
        Locale.ROOT,
        "time: about %s (training %s, scoring %s)%n",
        duration(total.seconds()),
        duration(total.trainSeconds()),
        duration(total.scoreSeconds()));
    out.printf("%-16s %9s %10s %9s %9s %9s%n", SIZES);
    estimate.byDataset().forEach((dataset, cost) -> print(dataset, cost, workers, out));
    if (estimate.byDataset().size() > 1) {
      print("all", total, workers, out);
    }
  }

  private static void print(String name, PlanEstimate.Cost cost, int workers, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%-16s %9d %10s %9s %9s %9s%n",
        name,
        cost.trainings(),
        coreHours(cost.seconds() * workers / 3600),
        bytes(cost.memoryBytes()),
        bytes(cost.featureBytes()),
        bytes(cost.modelBytes()));
  }

  private static String coreHours(double hours) {
    return String.format(Locale.ROOT, hours < 10 ? "%.2f" : "%,.0f", hours);
  }

  private static String scaled(StepMeasurement step) {
    return step.images() == 1 ? ", from steps of one image" : ", from steps of " + step.images();
  }

  private static String bytes(long bytes) {
    return bytes < 100_000_000
        ? String.format(Locale.ROOT, "%.0f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  private static String duration(double seconds) {
    if (seconds < 120) {
      return String.format(Locale.ROOT, "%.0f s", seconds);
    }
    if (seconds < 2 * 3600) {
      return String.format(Locale.ROOT, "%.0f min", seconds / 60);
    }
    return seconds < 2 * 86_400
        ? String.format(Locale.ROOT, "%.1f hours", seconds / 3600)
        : String.format(Locale.ROOT, "%.1f days", seconds / 86_400);
  }

  /** Columns and rows of the paper's table that no run fills. */
  private static void printPublishedOnly(String experiment, PrintWriter out) {
    Matcher table = TABLE.matcher(experiment);
    if (table.matches()) {
      List<String> methods =
          PublishedMethods.notRun(PaperTables.table(Integer.parseInt(table.group(1))));
      if (!methods.isEmpty()) {
        out.println(PublishedMethods.PUBLISHED_ONLY + ": " + String.join(", ", methods));
      }
    }
  }
}
