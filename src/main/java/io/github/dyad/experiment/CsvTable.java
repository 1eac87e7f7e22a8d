package io.github.dyad.experiment;

import io.github.dyad.CsvText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** CSV text of rows: RFC 4180 quoting, lines end in {@code \n} on every system. */
final class CsvTable {
  static final CSVFormat FORMAT = CSVFormat.RFC4180.builder().setRecordSeparator("\n").get();

  private final StringBuilder text = new StringBuilder();
  private final CSVPrinter printer;

  CsvTable(List<String> header) {
    try {
      printer = new CSVPrinter(text, FORMAT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    add(header);
  }

  void add(List<?> row) {
    try {
      printer.printRecord(CsvText.cells(row));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text() {
    return text.toString();
  }
}
