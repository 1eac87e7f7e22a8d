package io.github.dyad.cli;

import io.github.dyad.InputException;
import io.github.dyad.experiment.CpuPaths;
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
      "Rows that differ only in their seed become one, with the 95 % interval of their mean.",
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

  @Override
  public Integer call() {
    Comparison comparison = Comparison.of(OwnResults.read(results));
    PrintWriter out = spec.commandLine().getOut();
    boolean colours = spec.commandLine().getColorScheme().ansi().enabled();
    ComparisonText.terminal(comparison, colours).forEach(out::println);
    tellCpuPaths(out);
    out.flush();
    Path target = folder == null ? results.toAbsolutePath().getParent() : folder;
    try {
      Files.createDirectories(target);
      Files.writeString(target.resolve("comparison.csv"), ComparisonText.csv(comparison));
      Files.writeString(target.resolve("comparison.md"), ComparisonText.markdown(comparison));
    } catch (IOException e) {
      throw new InputException(
          target + ": comparison.csv and comparison.md cannot be written: " + e.getMessage(), e);
    }
    return 0;
  }

  private void tellCpuPaths(PrintWriter out) {
    Map<String, Integer> paths = CpuPaths.of(results.toAbsolutePath());
    if (paths.size() > 1) {
      out.println("These rows come from different CPU paths; their last bits may differ by it:");
      paths.forEach((path, rows) -> out.println("  " + rows + " rows: " + path));
    }
  }
}
