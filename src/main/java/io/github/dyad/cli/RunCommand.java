package io.github.dyad.cli;

import io.github.dyad.Require;
import io.github.dyad.distillation.Trainer;
import io.github.dyad.experiment.Cluster;
import io.github.dyad.experiment.DistillationEngine;
import io.github.dyad.experiment.Engine;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.experiment.RunListener;
import io.github.dyad.experiment.RunListeners;
import io.github.dyad.experiment.RunPage;
import io.github.dyad.experiment.RunReport;
import io.github.dyad.experiment.Runner;
import io.github.dyad.experiment.TimingProtocol;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dyad run}: a grid to CSV. */
@Command(
    name = "run",
    description = {
      "Runs what is missing of an experiment and writes results.csv, scores and models.",
      "The same command again goes on where it was; finished work is never done twice."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ExperimentOptions options;
  @Mixin private CommonOptions common;
  @Mixin private UiOption ui;

  @Option(
      names = "--spark",
      paramLabel = "MASTER",
      description =
          "Trainings and scorings go to this cluster, such as spark://host:7077 or local[2];"
              + " --workers is the threads of each (default: 1). See docs/spark.md.")
  private String spark;

  @Option(
      names = "--checkpoint-seconds",
      paramLabel = "N",
      description = "Time between a training's checkpoints (default: ${DEFAULT-VALUE}).")
  private int checkpointSeconds = (int) Trainer.CHECKPOINT_EVERY.toSeconds();

  @Override
  public Integer call() {
    Experiment experiment = options.experiment();
    Machine.check();
    Path results = options.results(experiment);
    PrintWriter err = spec.commandLine().getErr();
    Interrupt interrupt = Interrupt.listen();
    try (Engine engine = new DistillationEngine(common.workers(), checkpointEvery());
        ConsoleProgress progress = new ConsoleProgress(err, common.quiet)) {
      Grid grid = options.grid(experiment, engine);
      TimingProtocol protocol = options.smoke ? TimingProtocol.SMOKE : TimingProtocol.PAPER;
      try (RunPage page = ui.open(grid)) {
        RunListener listener = progress;
        if (page != null) {
          err.println("Live page: " + page.address());
          listener = new RunListeners(List.of(progress, page));
        }
        Runner runner =
            new Runner(grid, new ResultsFolder(results), engine, protocol, listener, interrupt);
        RunReport report = run(runner, results);
        progress.close();
        return tell(report, results);
      }
    } finally {
      interrupt.finished();
    }
  }

  private RunReport run(Runner runner, Path results) {
    if (spark == null) {
      return runner.run();
    }
    try (Cluster cluster = Cluster.connect(spark, common.workers(1))) {
      return runner.run(
          cluster, new Cluster.GridOrder(options.file, options.smoke, results, checkpointEvery()));
    }
  }

  private Duration checkpointEvery() {
    return Duration.ofSeconds(Require.atLeast("--checkpoint-seconds", checkpointSeconds, 1));
  }

  private int tell(RunReport report, Path results) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    ResultsView.print(report.rows(), out);
    if (!common.quiet) {
      err.println("Written: " + results.resolve("results.csv"));
    }
    for (RunListener.Failure failure : report.failures()) {
      err.println("dyad: " + failure.label() + " failed: " + failure.message());
      if (CommonOptions.traces() && failure.cause() != null) {
        failure.cause().printStackTrace(err);
      }
    }
    if (report.stopped()) {
      err.println(
          "dyad: stopped; "
              + report.finishedTrials()
              + " of "
              + report.trials()
              + " trials done. The same command goes on where it was.");
      return Main.INTERRUPTED;
    }
    if (!report.failures().isEmpty()) {
      err.println(
          "dyad: "
              + report.finishedTrials()
              + " of "
              + report.trials()
              + " trials done. The same command retries only the others.");
      return Main.FAILED;
    }
    return Main.DONE;
  }
}
