package io.github.dyad.cli;

import io.github.dyad.InputException;
import io.github.dyad.experiment.CpuPaths;
import io.github.dyad.paper.AssumptionRanking;
import io.github.dyad.paper.Comparison;
import io.github.dyad.paper.ComparisonText;
import io.github.dyad.paper.OwnResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dyad compare}: one's own results beside the paper's tables. */
@Command(
    name = "compare",
    description = {
      "Prints every result beside the cells of the paper that measure the same, in percent, and"
          + " writes comparison.csv and comparison.md.",
      "Rows that differ only in their seed become one, with the 95 %% interval of their mean.",
      "A run with fewer iterations, another teacher, image size or number of images than the"
          + " paper's is called reduced."
    },
    mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RESULTS.csv", description = "The results.csv of a run.")
  private Path results;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where to write (default: beside RESULTS.csv).")
  private Path folder;

  @Option(
      names = "--rank",
      description = {
        "Instead, ranks the sets of assumptions by how well they match the rows of Table 3, and"
            + " writes ranking.csv (see experiments/assumptions.yaml)."
      })
  private boolean rank;

  @Override
  public Integer call() {
    return rank ? ranking() : comparison();
  }

  private int ranking() {
    AssumptionRanking ranking = AssumptionRanking.of(OwnResults.read(results));
    PrintWriter out = spec.commandLine().getOut();
    ranking.lines().forEach(out::println);
    out.flush();
    write(Map.of("ranking.csv", ranking.csv()));
    return 0;
  }

  private int comparison() {
    Comparison comparison = Comparison.of(OwnResults.read(results));
    PrintWriter out = spec.commandLine().getOut();
    boolean colours = spec.commandLine().getColorScheme().ansi().enabled();
    ComparisonText.terminal(comparison, colours).forEach(out::println);
    tellCpuPaths(out);
    out.flush();
    write(
        Map.of(
            "comparison.csv",
            ComparisonText.csv(comparison),
            "comparison.md",
            ComparisonText.markdown(comparison)));
    return 0;
  }

  private void tellCpuPaths(PrintWriter out) {
    Map<String, Integer> paths = CpuPaths.of(results.toAbsolutePath());
    if (paths.size() > 1) {
      out.println("These rows come from different CPU paths; their last bits may differ by it:");
      paths.forEach((path, rows) -> out.println("  " + rows + " rows: " + path));
    }
  }

  private void write(Map<String, String> files) {
    Path target = folder == null ? results.toAbsolutePath().getParent() : folder;
    files.forEach(
        (name, text) -> {
          try {
            Files.createDirectories(target);
            Files.writeString(target.resolve(name), text);
          } catch (IOException e) {
            throw new InputException(
                target.resolve(name) + " cannot be written: " + e.getMessage(), e);
          }
        });
  }
}
