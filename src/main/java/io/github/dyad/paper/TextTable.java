package io.github.dyad.paper;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns for a terminal: texts to the left, numbers to the right. */
final class TextTable {
  private final List<List<String>> lines = new ArrayList<>();

  void add(List<String> line) {
    lines.add(line);
  }

  /** One text a line, without trailing blanks. */
  List<String> render() {
    int columns = lines.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    for (List<String> line : lines) {
      for (int c = 0; c < line.size(); c++) {
        widths[c] = Math.max(widths[c], line.get(c).length());
      }
    }
    List<String> texts = new ArrayList<>();
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int c = 0; c < line.size(); c++) {
        String cell = line.get(c);
        String blanks = " ".repeat(widths[c] - cell.length());
        boolean number = cell.matches("[+-]?\\d+(\\.\\d+)?( ± \\d+\\.\\d+)?|-");
        text.append(c == 0 ? "" : "  ").append(number ? blanks + cell : cell + blanks);
      }
      texts.add(text.toString().stripTrailing());
    }
    return texts;
  }
}
