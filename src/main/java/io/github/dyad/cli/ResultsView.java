package io.github.dyad.cli;

import io.github.dyad.experiment.ResultColumn;
import io.github.dyad.experiment.ResultRow;
import io.github.dyad.experiment.ResultTable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Result rows as a table for people; the CSV has all columns and digits. */
final class ResultsView {
  private static final List<ResultColumn> COLUMNS =
      List.of(
          ResultColumn.TRIAL,
          ResultColumn.SPLIT,
          ResultColumn.STUDENTS,
          ResultColumn.CLASS_TOKENS,
          ResultColumn.OBJECTIVE,
          ResultColumn.FUSION,
          ResultColumn.IMAGE_AUROC,
          ResultColumn.IMAGE_AP,
          ResultColumn.IMAGE_F1_MAX);

  private ResultsView() {}

  static void print(List<ResultRow> rows, PrintWriter out) {
    List<List<String>> lines = new ArrayList<>();
    List<String> extra = ResultTable.extraColumns(rows);
    List<String> header = new ArrayList<>(COLUMNS.stream().map(ResultColumn::header).toList());
    header.addAll(extra);
    lines.add(header);
    for (ResultRow row : rows) {
      List<String> cells = new ArrayList<>();
      COLUMNS.forEach(column -> cells.add(cell(row, column)));
      extra.forEach(column -> cells.add(number(row.extra().getOrDefault(column, ""))));
      lines.add(cells);
    }
    int[] widths = new int[header.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        text.append(String.format("%-" + (widths[i] + 2) + "s", line.get(i)));
      }
      out.println(text.toString().stripTrailing());
    }
  }

  private static String cell(ResultRow row, ResultColumn column) {
    String value = row.get(column);
    return column.isMetric() ? number(value) : value;
  }

  private static String number(String value) {
    return value.isEmpty() ? "" : String.format(Locale.ROOT, "%.4f", Double.parseDouble(value));
  }
}
