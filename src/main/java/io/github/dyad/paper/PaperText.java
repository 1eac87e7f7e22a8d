package io.github.dyad.paper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVPrinter;

/** The paper's tables as text for people and as CSV for programs. */
public final class PaperText {
  private PaperText() {}

  /** Number and title of every table, one a line. */
  public static List<String> contents() {
    TextTable contents = new TextTable();
    for (PaperTable table : PaperTables.all()) {
      contents.add(List.of(String.valueOf(table.number()), table.title()));
    }
    return contents.render();
  }

  /**
   * One table, aligned, with its recomputed means where they are misprinted and the notes on its
   * cells below.
   */
  public static List<String> aligned(PaperTable table) {
    List<String> lines = new ArrayList<>();
    lines.add("Table " + table.number() + ". " + table.title());
    if (!table.rows().isEmpty()) {
      lines.add("");
      lines.addAll(body(table));
      lines.add("");
    }
    if (!table.note().isEmpty()) {
      lines.add(table.note());
    }
    String publishedOnly =
        Stream.concat(
                table.columns().stream(), table.rows().stream().flatMap(r -> r.keys().stream()))
            .filter(PaperText::isPublishedOnly)
            .distinct()
            .collect(Collectors.joining(", "));
    if (!publishedOnly.isEmpty()) {
      lines.add("* " + PublishedMethods.PUBLISHED_ONLY + ", not run by Dyad: " + publishedOnly);
    }
    for (PaperCell cell : table.cells()) {
      String note = PaperTables.note(cell);
      if (!note.isEmpty()) {
        lines.add(cell.row() + ", " + cell.column() + " " + cell.printed() + ": " + note);
      }
    }
    return lines;
  }

  /** Tables as {@code table,row,column,printed,recomputed,note}, with a header. */
  public static void csv(List<PaperTable> tables, Appendable out) {
    try (CSVPrinter printer = new CSVPrinter(out, Csv.PLAIN)) {
      printer.printRecord("table", "row", "column", "printed", "recomputed", "note");
      for (PaperTable table : tables) {
        if (table.rows().isEmpty()) {
          printer.printRecord(table.number(), "", "", "", "", table.note());
        }
        for (PaperCell cell : table.cells()) {
          printer.printRecord(
              cell.table(),
              cell.row(),
              cell.column(),
              cell.printed(),
              cell.recomputed()
                  .map(BigDecimal::stripTrailingZeros)
                  .map(BigDecimal::toPlainString)
                  .orElse(""),
              PaperTables.note(cell));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> body(PaperTable table) {
    TextTable body = new TextTable();
    List<String> header = new ArrayList<>(table.keys());
    table.columns().forEach(column -> header.add(starred(column)));
    body.add(header);
    for (PaperTable.Row row : table.rows()) {
      List<String> line = new ArrayList<>();
      row.keys().forEach(key -> line.add(starred(key)));
      line.addAll(row.cells());
      body.add(line);
    }
    return body.render();
  }

  private static String starred(String name) {
    return isPublishedOnly(name) ? name + "*" : name;
  }

  private static boolean isPublishedOnly(String name) {
    return PublishedMethods.of(name).filter(method -> !method.runByDyad()).isPresent();
  }
}
