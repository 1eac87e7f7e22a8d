package io.github.dyad.experiment;

import io.github.dyad.CsvText;
import io.github.dyad.InputException;
import io.github.dyad.experiment.store.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** {@code results.csv} as text and back. */
public final class ResultTable {
  private ResultTable() {}

  static String write(List<ResultRow> rows) {
    List<String> extra = extraColumns(rows);
    List<String> header = new ArrayList<>(ResultColumn.headers());
    header.addAll(extra);
    CsvTable table = new CsvTable(header);
    rows.forEach(row -> table.add(row.cells(extra)));
    return table.text();
  }

  /** The columns of all rows that are not Dyad's own, in the order of their appearance. */
  public static List<String> extraColumns(List<ResultRow> rows) {
    return rows.stream().flatMap(row -> row.extra().keySet().stream()).distinct().toList();
  }

  /**
   * Rows in the file's order. Columns that are not there are empty, unknown ones are {@link
   * ResultRow#extra}.
   *
   * @throws InputException when the file is missing or has no column {@code trial}
   */
  public static List<ResultRow> read(Path csv) {
    String text =
        WholeFile.read(csv).orElseThrow(() -> new InputException(csv + ": there is no such file"));
    CSVFormat format = CsvTable.FORMAT.builder().setHeader().setSkipHeaderRecord(true).get();
    List<ResultRow> rows = new ArrayList<>();
    try (CSVParser parser = CSVParser.parse(text, format)) {
      if (!parser.getHeaderMap().containsKey(ResultColumn.TRIAL.header())) {
        throw new InputException(
            csv + " has no column trial; expected a results.csv that dyad run wrote");
      }
      for (CSVRecord record : parser) {
        Map<ResultColumn, String> values = new EnumMap<>(ResultColumn.class);
        for (ResultColumn column : ResultColumn.values()) {
          if (record.isSet(column.header())) {
            values.put(column, CsvText.text(record.get(column.header())));
          }
        }
        Map<String, String> extra = new LinkedHashMap<>();
        for (String column : parser.getHeaderNames()) {
          if (!ResultColumn.headers().contains(column) && record.isSet(column)) {
            extra.put(column, CsvText.text(record.get(column)));
          }
        }
        rows.add(new ResultRow(values, extra));
      }
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new InputException(csv + " is not a CSV file: " + e.getMessage(), e);
    }
    return rows;
  }
}
