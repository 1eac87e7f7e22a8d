package io.github.dyad.paper;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** The CSV dialect of this package's files: commas, a header line, lines that end in a newline. */
final class Csv {
  static final CSVFormat WITH_HEADER =
      CSVFormat.DEFAULT
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .setTrim(true)
          .setRecordSeparator('\n')
          .get();
  static final CSVFormat PLAIN = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();

  private Csv() {}

  /** All lines of one of the package's resources, the header first. */
  static List<CSVRecord> resource(String name) {
    return read(name, PLAIN);
  }

  /** The lines of one of the package's resources by the names of its header. */
  static List<CSVRecord> records(String name) {
    return read(name, WITH_HEADER);
  }

  private static List<CSVRecord> read(String name, CSVFormat format) {
    InputStream in = Csv.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException("the resource " + name + " is missing from the build");
    }
    try (Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8);
        CSVParser parser = CSVParser.parse(reader, format)) {
      return parser.getRecords();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
