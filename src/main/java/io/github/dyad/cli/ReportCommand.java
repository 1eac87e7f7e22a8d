package io.github.dyad.cli;

import io.github.dyad.InputException;
import io.github.dyad.experiment.CacheFolder;
import io.github.dyad.experiment.DataRoom;
import io.github.dyad.experiment.DistillationEngine;
import io.github.dyad.experiment.GridPlanner;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.report.Report;
import io.github.dyad.report.ReportOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dyad report}: a page to look at. */
@Command(
    name = "report",
    description = {
      "Makes one HTML file of a run's results: beside the paper, every trial, curves, histograms,"
          + " the most wrong images. It opens offline and can be sent to a colleague.",
      "The models score a sample of the test images again; numbers come from the results."
    },
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(paramLabel = "RESULTS_DIR", description = "A folder that dyad run wrote.")
  private Path results;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write (default: RESULTS_DIR/report.html).")
  private Path out;

  @Option(
      names = "--trials",
      paramLabel = "N",
      description = "Trials shown with pictures, the best of each data set first (default: 12).")
  private int trials = ReportOptions.DEFAULTS.trials();

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "Test images of a trial that are scored again (default: 200).")
  private int sample = ReportOptions.DEFAULTS.sample();

  @Option(
      names = "--gallery",
      paramLabel = "N",
      description = "Images of a trial that are shown, the most wrong first (default: 12).")
  private int gallery = ReportOptions.DEFAULTS.gallery();

  @Override
  public Integer call() {
    ReportOptions options = new ReportOptions(trials, sample, gallery);
    Machine.check();
    Path file = out == null ? results.resolve("report.html") : out;
    PrintWriter err = spec.commandLine().getErr();
    try (DistillationEngine engine = new DistillationEngine(common.workers())) {
      GridPlanner planner =
          new GridPlanner(DataRoom.in(CacheFolder.get().resolve("data")), engine::teacherSha256);
      String page =
          Report.page(
              new ResultsFolder(results),
              options,
              engine,
              planner,
              trial -> {
                if (!common.quiet) {
                  err.println("looking at " + trial);
                }
              });
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, page);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be written (" + e.getMessage() + ")", e);
    }
    spec.commandLine().getOut().println(file);
    return Main.DONE;
  }
}
