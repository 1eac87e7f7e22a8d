package io.github.dyad.paper;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The columns of {@code comparison.csv}, in order; numbers in percent but for metrics of one's own,
 * empty where there is none.
 */
enum ComparisonColumn {
  TABLE(line -> line.paper().map(cell -> String.valueOf(cell.table())).orElse("")),
  ROW(line -> line.paper().map(PaperCell::row).orElse("")),
  COLUMN(line -> line.paper().map(PaperCell::column).orElse("")),
  DATASET(line -> line.own().dataset()),
  SETTING(line -> line.own().setting()),
  SPLIT(line -> line.own().split()),
  WHO(line -> line.contender().map(Contender::toString).orElse("")),
  METRIC(ComparisonLine::metric),
  OURS(line -> text(line.ours())),
  INTERVAL_95(line -> text(line.interval())),
  SEEDS(line -> String.valueOf(line.seeds())),
  PAPER(line -> line.paper().map(PaperCell::printed).orElse("")),
  DIFFERENCE(line -> text(line.difference())),
  RECOMPUTED(line -> line.paper().map(PaperCell::recomputedText).orElse("")),
  COMPARED(line -> line.kind().toString()),
  REMARK(ComparisonLine::remark),
  TRIAL(line -> line.own().trial()),
  TEACHER(line -> line.own().teacher()),
  TRAIN_ITERATIONS(line -> text(line.own().iterations())),
  CROP(line -> text(line.own().crop())),
  ASSUMPTIONS(line -> line.own().assumptions());

  private final Function<ComparisonLine, String> cell;

  ComparisonColumn(Function<ComparisonLine, String> cell) {
    this.cell = cell;
  }

  static List<String> header() {
    return Arrays.stream(values()).map(column -> column.name().toLowerCase(Locale.ROOT)).toList();
  }

  static List<String> cells(ComparisonLine line) {
    return Arrays.stream(values()).map(column -> column.cell.apply(line)).toList();
  }

  private static String text(OptionalDouble number) {
    return number.isPresent() ? String.format(Locale.ROOT, "%.6f", number.getAsDouble()) : "";
  }

  private static String text(OptionalLong number) {
    return number.isPresent() ? String.valueOf(number.getAsLong()) : "";
  }
}
