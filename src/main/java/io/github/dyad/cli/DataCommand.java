package io.github.dyad.cli;

import io.github.dyad.data.DatasetCheck;
import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.Datasets;
import io.github.dyad.data.FashionMnistFiles;
import io.github.dyad.data.Inspection.Count;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dyad data}: what data sets there are, whether a copy is whole, and getting one. */
@Command(
    name = "data",
    description = "Lists data sets, checks a copy of one, or gets Fashion-MNIST.",
    mixinStandardHelpOptions = true)
public final class DataCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing; say list, check DATASET ROOT, or fashion-mnist");
  }

  @Command(
      name = "list",
      description = "Says for each data set where it is had, its licence, size and layout.",
      mixinStandardHelpOptions = true)
  int list() {
    PrintWriter out = spec.commandLine().getOut();
    for (DatasetLayout layout : Datasets.all()) {
      DatasetFacts facts = layout.facts();
      out.printf("%s: %s, %s%n", layout.name(), facts.title(), facts.domain().label());
      out.printf("  from     %s%n", facts.home());
      out.printf("  licence  %s%n", facts.licence());
      out.printf("  size     %s%n", facts.size());
      out.printf("  layout   %s%n", facts.layout());
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "check",
      description = {
        "Says what a copy of a data set holds, what is missing and what cannot be read.",
        "The last line is \"ready: ...\" (exit 0), or \"not ready: ...\" and what to do (exit 2)."
      },
      mixinStandardHelpOptions = true)
  int check(
      @Parameters(paramLabel = "DATASET", description = "Its id, see: dyad data list.") String id,
      @Parameters(
              paramLabel = "ROOT",
              arity = "0..1",
              description = "The folder it lies in (default: data/DATASET).")
          Path root,
      @Option(names = "--quick", description = "Read the images' headers instead of all pixels.")
          boolean quick) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter progress = spec.commandLine().getErr();
    DatasetCheck check =
        DatasetCheck.run(
            Datasets.layout(id),
            root != null ? root : Datasets.home(id),
            quick,
            (done, all) -> {
              progress.printf("checked %,d of %,d images%n", done, all);
              progress.flush();
            });
    print(check, out);
    return check.isReady() ? 0 : 2;
  }

  @Command(
      name = "fashion-mnist",
      description = {
        "Makes Fashion-MNIST available: from Debian's package dataset-fashion-mnist where it is",
        "installed, else by download from the authors' repository. Contents are checked by SHA-256."
      },
      mixinStandardHelpOptions = true)
  int fashionMnist(
      @Option(
              names = "--to",
              paramLabel = "DIR",
              defaultValue = "data/fashion-mnist",
              description = "Where the files go (default: ${DEFAULT-VALUE}).")
          Path folder) {
    PrintWriter out = spec.commandLine().getOut();
    new FashionMnistFiles()
        .provide(
            folder,
            line -> {
              out.println(line);
              out.flush();
            });
    out.println("ready: " + folder);
    out.flush();
    return 0;
  }

  private static void print(DatasetCheck check, PrintWriter out) {
    List<Count> counts = check.counts();
    int width = counts.stream().mapToInt(count -> count.category().length()).max().orElse(0);
    String name = "%-" + Math.max(8, width) + "s";
    if (!counts.isEmpty()) {
      out.printf(name + "  %8s  %8s  %9s%n", "category", "train", "test", "anomalous");
    }
    for (Count count : counts) {
      out.printf(
          name + "  %8d  %8d  %9s%n",
          count.category(),
          count.train(),
          count.test(),
          check.isSemantic() ? "-" : String.valueOf(count.anomalous()));
    }
    check.notes().forEach(note -> out.println("note: " + note));
    check.problems().forEach(problem -> out.println("problem: " + problem));
    out.println(check.verdict());
    out.flush();
  }
}
