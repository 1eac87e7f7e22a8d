package io.github.dyad.data.layout;

import io.github.dyad.data.Inspection.Count;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/** Images per category as the data sets' authors published them. */
final class PublishedCounts {
  private static final String RESOURCE = "/data/published-counts.csv";

  /** In place of a category where only the sum was published. */
  static final String TOTAL = "*";

  private PublishedCounts() {}

  /** Notes where what was found differs from what was published. */
  static void compare(String dataset, Scan scan) {
    Map<String, Count> published = of(dataset);
    List<Count> counts = scan.inspection().counts();
    Count total = published.remove(TOTAL);
    if (total != null && !total.equals(sum(counts))) {
      scan.note(String.format("%s found, %s published", line(sum(counts)), line(total)));
    }
    for (Count found : counts) {
      Count expected = published.remove(found.category());
      if (expected != null && !expected.equals(found)) {
        scan.note(
            String.format(
                "%s: %s found, %s published", found.category(), line(found), line(expected)));
      }
    }
    if (!published.isEmpty()) {
      scan.note("not there: " + String.join(", ", published.keySet()));
    }
  }

  /** By category, in the data set's order; empty where none are published. */
  static Map<String, Count> of(String dataset) {
    Map<String, Count> counts = new LinkedHashMap<>();
    var format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
    try (var reader =
            new BufferedReader(
                new InputStreamReader(
                    PublishedCounts.class.getResourceAsStream(RESOURCE), StandardCharsets.UTF_8));
        var rows = format.parse(reader)) {
      for (CSVRecord row : rows) {
        if (row.get("dataset").equals(dataset)) {
          String category = row.get("category");
          counts.put(
              category,
              new Count(
                  category, number(row, "train"), number(row, "test"), number(row, "anomalous")));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return counts;
  }

  private static Count sum(List<Count> counts) {
    int[] sum = new int[3];
    for (Count count : counts) {
      sum[0] += count.train();
      sum[1] += count.test();
      sum[2] += count.anomalous();
    }
    return new Count(TOTAL, sum[0], sum[1], sum[2]);
  }

  private static int number(CSVRecord row, String column) {
    return Integer.parseInt(row.get(column));
  }

  private static String line(Count count) {
    return count.train() + " training and " + count.test() + " test images";
  }
}
