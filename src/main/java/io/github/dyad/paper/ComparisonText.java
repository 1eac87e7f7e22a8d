package io.github.dyad.paper;

import io.github.dyad.CsvText;
import io.github.dyad.paper.ComparisonLine.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.csv.CSVPrinter;

/** A comparison as {@code comparison.csv}, as {@code comparison.md} and for a terminal. */
public final class ComparisonText {
  private static final List<String> HEADER =
      List.of("table", "dataset", "split", "who", "metric", "ours", "paper", "diff", "remark");

  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";
  private static final String RED = "\u001b[31m";
  private static final String FAINT = "\u001b[2m";
  private static final String RESET = "\u001b[0m";

  /** Below this many percent points a lower result is yellow, beyond it red. */
  private static final double NEAR = 1.0;

  private ComparisonText() {}

  /**
   * For a terminal or a pipe.
   *
   * @param colours green: at least the printed number; yellow: up to one point below it; red: more.
   *     What is reduced or has no counterpart is faint, since it proves neither
   */
  public static List<String> terminal(Comparison comparison, boolean colours) {
    TextTable table = new TextTable();
    table.add(HEADER);
    comparison.lines().forEach(line -> table.add(cells(line)));
    List<String> rows = table.render();
    List<String> text = new ArrayList<>();
    text.add(rows.get(0));
    for (int i = 0; i < comparison.lines().size(); i++) {
      String row = rows.get(i + 1);
      text.add(colours ? colour(comparison.lines().get(i)) + row + RESET : row);
    }
    text.add("");
    text.addAll(beside(comparison));
    text.addAll(series(comparison));
    text.add("");
    text.add(summary(comparison));
    return text;
  }

  /** The same as Markdown. */
  public static String markdown(Comparison comparison) {
    StringBuilder text = new StringBuilder("# Beside the paper\n\n");
    text.append(summary(comparison)).append("\n\n");
    text.append(markdownRow(HEADER)).append("|---|---|---|---|---|---:|---:|---:|---|\n");
    for (ComparisonLine line : comparison.lines()) {
      text.append(markdownRow(cells(line)));
    }
    appendList(text, "What the paper prints beside it", beside(comparison));
    appendList(text, "What was run", series(comparison));
    return text.toString();
  }

  /** Every line with full precision, and everything that was run, in columns of its own. */
  public static String csv(Comparison comparison) {
    StringBuilder text = new StringBuilder();
    try (CSVPrinter printer = new CSVPrinter(text, Csv.PLAIN)) {
      printer.printRecord(ComparisonColumn.header());
      for (ComparisonLine line : comparison.lines()) {
        printer.printRecord(CsvText.cells(ComparisonColumn.cells(line)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** How many cells were compared, and how honestly they can be. */
  public static String summary(Comparison comparison) {
    return "Cells compared in full: %d; with a reduced run: %d. Rows without a counterpart: %d."
        .formatted(
            comparison.count(Kind.FULL),
            comparison.count(Kind.REDUCED),
            comparison.count(Kind.NO_COUNTERPART));
  }

  private static List<String> cells(ComparisonLine line) {
    return List.of(
        line.paper().map(cell -> String.valueOf(cell.table())).orElse("-"),
        line.own().dataset(),
        line.own().split(),
        line.contender().map(Contender::toString).orElse(line.own().trial()),
        line.metric(),
        ours(line),
        line.paper().map(PaperCell::printed).orElse(""),
        line.difference().isPresent() ? decimals("%+.2f", line.difference().getAsDouble()) : "",
        line.remark());
  }

  private static String ours(ComparisonLine line) {
    if (line.ours().isEmpty()) {
      return "";
    }
    String format = line.kind() == Kind.OWN_METRIC ? "%.4f" : "%.2f";
    String mean = decimals(format, line.ours().getAsDouble());
    return line.interval().isPresent()
        ? mean + " ± " + decimals(format, line.interval().getAsDouble())
        : mean;
  }

  private static String colour(ComparisonLine line) {
    if (line.kind() != Kind.FULL) {
      return FAINT;
    }
    double difference = line.difference().orElseThrow();
    return difference >= 0 ? GREEN : difference >= -NEAR ? YELLOW : RED;
  }

  /** What the tables print of other methods for what was compared, once each. */
  private static List<String> beside(Comparison comparison) {
    Set<String> texts = new LinkedHashSet<>();
    for (ComparisonLine line : comparison.lines()) {
      line.paper()
          .ifPresent(
              cell -> {
                List<String> others =
                    PaperTables.beside(cell).stream().map(ComparisonText::other).toList();
                if (!others.isEmpty()) {
                  texts.add(
                      "Table %d, %s %s, %s: %s"
                          .formatted(
                              cell.table(),
                              PaperProtocol.benchmark(line.own().dataset()),
                              line.own().split(),
                              line.metric(),
                              String.join(", ", others)));
                }
              });
    }
    return List.copyOf(texts);
  }

  private static String other(PaperCell cell) {
    Contender contender = cell.meaning().orElseThrow().contender();
    boolean run = PublishedMethods.of(contender.method()).filter(m -> m.runByDyad()).isPresent();
    String text = contender + " " + cell.printed();
    return run ? text : text + " (" + PublishedMethods.PUBLISHED_ONLY + ")";
  }

  /** Teacher, iterations and assumptions of everything that was run, and in how many seeds. */
  private static List<String> series(Comparison comparison) {
    Map<String, Integer> seeds = new LinkedHashMap<>();
    for (ComparisonLine line : comparison.lines()) {
      OwnResult own = line.own();
      String text =
          "%s: teacher %s, %s iterations, %s px, assumptions %s"
              .formatted(
                  own.trial(),
                  own.teacher().isEmpty() ? "unknown" : own.teacher(),
                  own.iterations().isPresent() ? own.iterations().getAsLong() : "unknown",
                  own.crop().isPresent() ? own.crop().getAsLong() : "unknown",
                  own.assumptions().isEmpty() ? "unknown" : own.assumptions());
      seeds.merge(text, line.seeds(), Math::max);
    }
    return seeds.entrySet().stream()
        .map(
            run ->
                run.getKey() + ", " + run.getValue() + (run.getValue() == 1 ? " seed" : " seeds"))
        .toList();
  }

  private static String markdownRow(List<String> cells) {
    return "| "
        + String.join(" | ", cells.stream().map(cell -> cell.replace("|", "\\|")).toList())
        + " |\n";
  }

  private static void appendList(StringBuilder text, String title, List<String> items) {
    if (!items.isEmpty()) {
      text.append("\n## ").append(title).append("\n\n");
      items.forEach(item -> text.append("- ").append(item).append('\n'));
    }
  }

  private static String decimals(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
