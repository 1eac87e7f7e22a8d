package io.github.dyad.paper;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * One printed cell.
 *
 * @param table number of the table
 * @param row the row's keys in one text
 * @param column name of the column
 * @param printed the text as printed
 * @param recomputed of a mean: what its rows average
 * @param meaning what was measured, where Dyad's results can have a counterpart
 */
public record PaperCell(
    int table,
    String row,
    String column,
    String printed,
    Optional<BigDecimal> recomputed,
    Optional<CellMeaning> meaning) {

  /** The printed number, in percent; empty for "-" and for text. */
  public Optional<BigDecimal> value() {
    return printed.matches("\\d+(\\.\\d+)?")
        ? Optional.of(new BigDecimal(printed))
        : Optional.empty();
  }

  /** The printed mean differs from what its rows average by more than rounding. */
  public boolean isMisprint() {
    return value().isPresent()
        && recomputed.isPresent()
        && PaperTable.differ(value().get(), recomputed.get());
  }

  /** The recomputed mean to two decimals, or empty. */
  public String recomputedText() {
    return recomputed.map(mean -> mean.setScale(2, RoundingMode.HALF_UP).toString()).orElse("");
  }

  /** "Table 14, bottle, Ours". */
  public String place() {
    return "Table " + table + ", " + row + ", " + column;
  }
}
