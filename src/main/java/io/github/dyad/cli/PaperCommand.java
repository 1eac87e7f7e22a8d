package io.github.dyad.cli;

import io.github.dyad.paper.PaperTable;
import io.github.dyad.paper.PaperTables;
import io.github.dyad.paper.PaperText;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dyad paper}: the published tables. */
@Command(
    name = "paper",
    description = {
      "Prints a table of the paper as it was printed, with recomputed means and known misprints.",
      "Without TABLE: the list of tables, or with --csv all of them."
    },
    mixinStandardHelpOptions = true)
public final class PaperCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "TABLE", arity = "0..1", description = "Number of the table, 1 to 23.")
  private Integer table;

  @Option(
      names = "--csv",
      description = "As table,row,column,printed,recomputed,note; numbers in percent.")
  private boolean csv;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<PaperTable> tables = table == null ? PaperTables.all() : List.of(PaperTables.table(table));
    if (csv) {
      StringBuilder text = new StringBuilder();
      PaperText.csv(tables, text);
      out.print(text);
    } else if (table == null) {
      PaperText.contents().forEach(out::println);
    } else {
      PaperText.aligned(tables.get(0)).forEach(out::println);
    }
    out.flush();
    return 0;
  }
}
