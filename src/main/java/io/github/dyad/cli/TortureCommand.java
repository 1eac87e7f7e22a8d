package io.github.dyad.cli;

import io.github.dyad.Require;
import io.github.dyad.experiment.store.WholeFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dyad torture}: whether results survive whatever ends a run. */
@Command(
    name = "torture",
    description = {
      "Runs an experiment undisturbed, then ends it again and again at random instants, and"
          + " compares results.csv, scores, curves and models byte by byte.",
      "Most ends are kill -9, a part of them with the files that were not yet synced cut short as"
          + " by a power cut; some are SIGTERM; some hit two runs in one folder. Exit code 1 when a"
          + " byte differs."
    },
    mixinStandardHelpOptions = true)
final class TortureCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "FILE",
      description = "An experiment file of about a minute, such as experiments/smoke.yaml.")
  private Path file;

  @Option(names = "--smoke", description = "With the file's overrides for a quick try-out.")
  private boolean smoke;

  @Option(names = "--kills", paramLabel = "N", description = "(default: ${DEFAULT-VALUE})")
  private int kills = 50;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of instants and ways to end (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Require.atLeast("--kills", kills, 1);
    Machine.check();
    PrintWriter out = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory("dyad-torture");
    Torture torture =
        new Torture(
            folder,
            smoke ? List.of(file.toString(), "--smoke") : List.of(file.toString()),
            common.workers(),
            seed,
            common.quiet ? line -> {} : spec.commandLine().getErr()::println);
    Torture.Report report;
    try {
      report = torture.run(kills);
    } catch (TortureException e) {
      spec.commandLine().getErr().println("dyad: " + e.getMessage() + "; all is in " + folder);
      return Main.FAILED;
    }
    out.printf(
        Locale.ROOT,
        "%d ends (%d kill -9, of these %d as by a power cut; %d SIGTERM; %d hit two runs), %d grids"
            + " finished in between: results.csv, scores, curves and models (%d files) have the"
            + " bytes of the undisturbed run (%.0f s)%n",
        report.ends(),
        report.kills(),
        report.powerCuts(),
        report.terminations(),
        report.pairs(),
        report.grids(),
        report.files(),
        report.undisturbedSeconds());
    WholeFile.deleteFolder(folder);
    return Main.DONE;
  }
}
