package io.github.dyad.paper;

import io.github.dyad.InputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVRecord;

/**
 * All tables of the paper, by number. Of each cell the notes say what is known about it: that a
 * printed mean is a misprint, and which other table prints another number for the same thing.
 */
public final class PaperTables {
  private static final Map<Integer, PaperTable> TABLES = read();
  private static final Map<CellMeaning, List<PaperCell>> CELLS =
      TABLES.values().stream()
          .flatMap(table -> table.cells().stream())
          .filter(cell -> cell.meaning().isPresent() && cell.value().isPresent())
          .collect(Collectors.groupingBy(cell -> cell.meaning().orElseThrow()));

  private PaperTables() {}

  /** In the order of their numbers. */
  public static List<PaperTable> all() {
    return List.copyOf(TABLES.values());
  }

  /**
   * The table of this number.
   *
   * @throws InputException when the paper has none
   */
  public static PaperTable table(int number) {
    PaperTable table = TABLES.get(number);
    if (table == null) {
      throw new InputException(
          "the paper has no Table " + number + "; expected 1 to " + TABLES.size());
    }
    return table;
  }

  /** The cells that measure this, in the order of the tables; none if the paper does not. */
  static List<PaperCell> cells(CellMeaning meaning) {
    return CELLS.getOrDefault(meaning, List.of());
  }

  /** What the same table prints of the other methods for the same measurement. */
  static List<PaperCell> beside(PaperCell cell) {
    return cell.meaning().stream()
        .flatMap(
            meaning ->
                table(cell.table()).cells().stream()
                    .filter(other -> other.value().isPresent() && other.meaning().isPresent())
                    .filter(other -> other.meaning().get().isBeside(meaning)))
        .toList();
  }

  /** What is known about a cell, or empty. */
  public static String note(PaperCell cell) {
    List<String> notes = new ArrayList<>();
    if (cell.isMisprint()) {
      notes.add("misprint: the rows average " + cell.recomputedText());
    }
    cell.meaning().map(PaperTables::cells).orElse(List.of()).stream()
        .filter(other -> disagree(cell, other))
        .forEach(other -> notes.add("Table " + other.table() + " prints " + other.printed()));
    return String.join("; ", notes);
  }

  private static boolean disagree(PaperCell cell, PaperCell other) {
    return cell.value().isPresent()
        && PaperTable.differAsPrinted(cell.value().get(), other.value().orElseThrow());
  }

  private static Map<Integer, PaperTable> read() {
    Map<Integer, PaperTable> tables = new LinkedHashMap<>();
    for (CSVRecord line : Csv.records("tables.csv")) {
      int number = Integer.parseInt(line.get("number"));
      int keys = Integer.parseInt(line.get("keys"));
      List<CSVRecord> body =
          keys == 0 ? List.of() : Csv.resource("table%02d.csv".formatted(number));
      List<String> header = body.isEmpty() ? List.of() : body.get(0).toList();
      List<PaperTable.Row> rows =
          body.stream()
              .skip(1)
              .map(CSVRecord::toList)
              .map(r -> new PaperTable.Row(r.subList(0, keys), r.subList(keys, r.size())))
              .toList();
      tables.put(
          number,
          new PaperTable(
              number,
              line.get("title"),
              line.get("dataset"),
              line.get("setting"),
              line.get("note"),
              header.subList(0, keys),
              header.subList(keys, header.size()),
              rows));
    }
    return tables;
  }
}
