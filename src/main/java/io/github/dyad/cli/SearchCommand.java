package io.github.dyad.cli;

import io.github.dyad.Require;
import io.github.dyad.experiment.CacheFolder;
import io.github.dyad.experiment.DataRoom;
import io.github.dyad.experiment.DistillationEngine;
import io.github.dyad.experiment.Engine;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.report.SearchFigures;
import io.github.dyad.search.CandidateResult;
import io.github.dyad.search.Search;
import io.github.dyad.search.SearchReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dyad search}: hyperparameters by Arbiter. */
@Command(
    name = "search",
    description = {
      "Looks for better values of the keys under search.space, on a validation split of training"
          + " images; test images are not opened.",
      "Writes candidates.csv, best.yaml (for dyad run), figures, and all that dyad run writes.",
      "The same command again goes on with the same candidates."
    },
    mixinStandardHelpOptions = true)
final class SearchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ExperimentOptions options;
  @Mixin private CommonOptions common;

  @Option(
      names = "--trials",
      paramLabel = "N",
      description = "Candidates at most, the base included (default: the file's search.trials).")
  private Integer trials;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description = "Time at most (default: the file's search.minutes; 0: no limit).")
  private Double minutes;

  @Override
  public Integer call() {
    if (trials != null) {
      Require.atLeast("--trials", trials, 1);
    }
    if (minutes != null) {
      Require.closed("--minutes", minutes, 0, 1e6);
    }
    Search search = options.search().within(trials, minutes);
    Machine.check();
    Path folder = options.results(search.resultsName());
    PrintWriter err = spec.commandLine().getErr();
    Interrupt interrupt = Interrupt.listen();
    try (Engine engine = new DistillationEngine(common.workers());
        SearchProgress progress = new SearchProgress(err, common.quiet)) {
      DataRoom data = DataRoom.in(CacheFolder.get().resolve("data"));
      SearchReport report =
          search.run(new ResultsFolder(folder), data, engine, progress, interrupt);
      progress.close();
      return tell(search, report, folder);
    } finally {
      interrupt.finished();
    }
  }

  private int tell(Search search, SearchReport report, Path folder) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (report.best().isPresent()) {
      CandidateResult best = report.best().get();
      String score = search.config().scoreColumn();
      double base = report.candidates().get(0).score();
      out.printf(Locale.ROOT, "best: %s, %s %.4f", best.trial(), score, best.score());
      out.printf(Locale.ROOT, " (the base: %.4f)%n", base);
      best.values().forEach((key, value) -> out.println("  " + key + ": " + value));
      out.println("run it: ./dyad run " + folder.resolve("best.yaml"));
      SearchFigures.write(folder);
    }
    if (report.end() == SearchReport.End.COMPLETE) {
      return Main.DONE;
    }
    boolean stopped = report.end() == SearchReport.End.STOPPED;
    if (!common.quiet || report.best().isEmpty()) {
      err.println(
          "dyad: "
              + (stopped ? "stopped" : "the time is up")
              + "; "
              + report.candidates().size()
              + " of "
              + search.config().trials()
              + " candidates done. The same command goes on where it was.");
    }
    return stopped ? Main.INTERRUPTED : report.best().isPresent() ? Main.DONE : Main.FAILED;
  }
}
