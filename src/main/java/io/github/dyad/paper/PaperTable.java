package io.github.dyad.paper;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One table as it was printed.
 *
 * @param number its number in the paper
 * @param title what it holds; our words, the captions are lost
 * @param dataset id of the one data set it is about, or empty
 * @param setting {@code multi-class} or {@code single-class}
 * @param note what is missing from or known about the transcription, or empty
 * @param keys names of the columns that say what a row is
 * @param columns names of the other columns
 * @param rows in the printed order; none when the body is lost
 */
public record PaperTable(
    int number,
    String title,
    String dataset,
    String setting,
    String note,
    List<String> keys,
    List<String> columns,
    List<Row> rows) {

  static final String MEAN = "mean";

  /** Printed means round to half of 0.1, and so do the rows that they are of. */
  private static final BigDecimal ROUNDING = new BigDecimal("0.1");

  /**
   * One printed row.
   *
   * @param keys one text for each of the table's keys; some may be empty
   * @param cells one text for each of the table's columns; empty where the transcription has none
   */
  public record Row(List<String> keys, List<String> cells) {
    public Row {
      keys = List.copyOf(keys);
      cells = List.copyOf(cells);
    }

    /** The keys in one text. */
    public String name() {
      return String.join(" ", keys.stream().filter(key -> !key.isEmpty()).toList());
    }

    boolean isMean() {
      return keys.contains(MEAN);
    }
  }

  public PaperTable {
    keys = List.copyOf(keys);
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /** Every cell that has a text, row by row. */
  public List<PaperCell> cells() {
    List<PaperCell> cells = new ArrayList<>();
    for (Row row : rows) {
      for (int c = 0; c < columns.size(); c++) {
        if (!row.cells().get(c).isEmpty()) {
          Optional<BigDecimal> recomputed = row.isMean() ? meanOfRows(c) : Optional.empty();
          cells.add(
              new PaperCell(
                  number,
                  row.name(),
                  columns.get(c),
                  row.cells().get(c),
                  recomputed,
                  CellMeaning.of(this, row, columns.get(c))));
        }
      }
    }
    return cells;
  }

  /** What a column's rows average, the row of means left out. */
  private Optional<BigDecimal> meanOfRows(int column) {
    List<BigDecimal> values =
        rows.stream()
            .filter(row -> !row.isMean())
            .map(row -> new BigDecimal(row.cells().get(column)))
            .toList();
    BigDecimal sum = values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    return Optional.of(sum.divide(BigDecimal.valueOf(values.size()), MathContext.DECIMAL64));
  }

  /** Whether two printings cannot be of one number, rounded to the fewer decimals of the two. */
  static boolean differAsPrinted(BigDecimal one, BigDecimal other) {
    int scale = Math.max(1, Math.min(one.scale(), other.scale())); // 100 is printed for 100.0
    BigDecimal half = BigDecimal.ONE.movePointLeft(scale).divide(BigDecimal.valueOf(2));
    return one.subtract(other).abs().compareTo(half) > 0;
  }

  /** Whether two numbers differ by more than the rounding of a printed mean and its rows. */
  static boolean differ(BigDecimal printed, BigDecimal recomputed) {
    return printed.subtract(recomputed).abs().compareTo(ROUNDING) > 0;
  }
}
