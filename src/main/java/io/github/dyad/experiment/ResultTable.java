package io.github.dyad.experiment;

import io.github.dyad.CsvText;
import io.github.dyad.InputException;
import io.github.dyad.experiment.store.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** {@code results.csv} as text and back. */
public final class ResultTable {
  private ResultTable() {}

  static String write(List<ResultRow> rows) {
    CsvTable table =
        new CsvTable(Arrays.stream(ResultColumn.values()).map(ResultColumn::header).toList());
    for (ResultRow row : rows) {
      table.add(Arrays.stream(ResultColumn.values()).map(row::get).toList());
    }
    return table.text();
  }

  /**
   * Rows in the file's order. Columns that are not there are empty, unknown ones are passed over.
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
        rows.add(new ResultRow(values));
      }
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new InputException(csv + " is not a CSV file: " + e.getMessage(), e);
    }
    return rows;
  }
}
