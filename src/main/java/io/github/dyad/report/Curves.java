package io.github.dyad.report;

import io.github.dyad.InputException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Columns of numbers from a CSV file, thinned to what a chart can show. */
final class Curves {
  private static final int POINTS = 300;

  private Curves() {}

  /** Values by column, null where a cell is empty; nothing where there is no such file. */
  static Map<String, List<Double>> read(Path csv) {
    if (!Files.isRegularFile(csv)) {
      return Map.of();
    }
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (Reader reader = Files.newBufferedReader(csv, StandardCharsets.UTF_8);
        CSVParser parser = CSVParser.parse(reader, format)) {
      List<CSVRecord> records = parser.getRecords();
      int stride = Math.max(1, (records.size() + POINTS - 1) / POINTS);
      Map<String, List<Double>> columns = new LinkedHashMap<>();
      for (String name : parser.getHeaderNames()) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
          if (i % stride == 0 || i == records.size() - 1) {
            String cell = records.get(i).get(name);
            values.add(cell.isEmpty() ? null : Numbers.of(Double.parseDouble(cell)));
          }
        }
        columns.put(name, values);
      }
      return columns;
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new InputException(csv + ": cannot be read as CSV: " + e.getMessage(), e);
    }
  }
}
