package io.github.dyad;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Text in CSV files that a spreadsheet may open. A cell that begins with = + - @ is a formula there
 * and may read or send what its writer likes (OWASP, "CSV Injection"); names of files and folders
 * may begin so. Such a cell is written with an apostrophe in front; numbers are not.
 */
public final class CsvText {
  private static final Pattern FORMULA = Pattern.compile("'*[=+\\-@\\t\\r\\n](?s:.*)");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]((\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?|Infinity)");

  private CsvText() {}

  /** What stands in the file for this value. */
  public static String cell(Object value) {
    String text = String.valueOf(value);
    boolean guarded = FORMULA.matcher(text).matches() && !NUMBER.matcher(text).matches();
    return guarded ? "'" + text : text;
  }

  /** A row's cells. */
  public static List<String> cells(List<?> values) {
    List<String> cells = new ArrayList<>(values.size());
    values.forEach(value -> cells.add(cell(value)));
    return cells;
  }

  /** The text that {@link #cell} wrote. */
  public static String text(String cell) {
    return cell.startsWith("'") && FORMULA.matcher(cell).matches() ? cell.substring(1) : cell;
  }
}
