package io.github.dyad.metric;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads the golden files of this package. */
final class Goldens {
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();

  private Goldens() {}

  static List<CSVRecord> csv(String name) {
    try (InputStream in = open(name);
        CSVParser parser =
            CSVParser.parse(new InputStreamReader(in, StandardCharsets.UTF_8), FORMAT)) {
      return parser.getRecords();
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }

  static byte[] bytes(String name) {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }

  private static InputStream open(String name) {
    InputStream in = Goldens.class.getResourceAsStream("/goldens/metric/" + name);
    if (in == null) {
      throw new AssertionError("no golden " + name + "; its recipe is in src/test/recipes");
    }
    return in;
  }
}
