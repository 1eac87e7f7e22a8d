package io.github.dyad.paper;

import io.github.dyad.CsvText;
import io.github.dyad.Extensions;
import io.github.dyad.InputException;
import io.github.dyad.experiment.ResultColumn;
import io.github.dyad.metric.Metric;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads {@code results.csv}, by the names of its columns, those of the metrics on the class path
 * among them: others are ignored, missing ones are unknown to the comparison, which says so.
 */
public final class OwnResults {
  private static final List<String> NEEDED = List.of("trial", "dataset", "setting", "split");
  private static final List<String> STUDENTS = List.of("encoder", "decoder", "both");
  private static final List<String> METRICS =
      List.of(
          "image_auroc",
          "image_ap",
          "image_f1_max",
          "pixel_auroc",
          "pixel_ap",
          "pixel_f1_max",
          "aupro");

  /** The paper's AUPRO is that of the Dinomaly code, which it builds on. */
  private static final Map<String, String> PAPERS_OWN = Map.of("aupro", "aupro_dinomaly");

  private OwnResults() {}

  /**
   * All rows of the file.
   *
   * @throws InputException naming file, line and column of what cannot be used
   */
  public static List<OwnResult> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InputException(file + ": there is no such file of results");
    }
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
        CSVParser parser = CSVParser.parse(reader, Csv.WITH_HEADER)) {
      for (String column : NEEDED) {
        if (!parser.getHeaderNames().contains(column)) {
          throw new InputException(
              "%s:1: has no column \"%s\"; expected the results.csv of a run"
                  .formatted(file, column));
        }
      }
      List<String> extra =
          Extensions.all(Metric.class).stream()
              .map(Metric::column)
              .filter(column -> !ResultColumn.headers().contains(column))
              .toList();
      List<OwnResult> results = new ArrayList<>();
      for (CSVRecord record : parser) {
        results.add(new Line(file, parser.getCurrentLineNumber(), record, extra).result());
      }
      if (results.isEmpty()) {
        throw new InputException(file + ": has no row below its header");
      }
      return results;
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new InputException(file + ": cannot be read as CSV: " + e.getMessage(), e);
    }
  }

  /** One line with its place, for messages. */
  private record Line(Path file, long number, CSVRecord cells, List<String> extraColumns) {
    OwnResult result() {
      if (!cells.isConsistent()) {
        throw new InputException(
            "%s:%d: has another number of cells than the header".formatted(file, number));
      }
      Map<String, Double> metrics = new HashMap<>();
      for (String metric : METRICS) {
        String column = PAPERS_OWN.getOrDefault(metric, metric);
        String taken = text(column).isEmpty() ? metric : column;
        if (!text(taken).isEmpty()) {
          metrics.put(metric, fraction(taken));
        }
      }
      Map<String, Double> extra = new HashMap<>();
      for (String column : extraColumns) {
        if (!text(column).isEmpty()) {
          extra.put(column, number(column, -Double.MAX_VALUE, Double.MAX_VALUE, "a number"));
        }
      }
      return new OwnResult(
          text("trial"),
          text("dataset"),
          text("setting"),
          text("split"),
          method(),
          text("students"),
          text("class_tokens"),
          text("objective"),
          text("fusion"),
          text("seed"),
          whole("train_iterations"),
          whole("parameters"),
          whole("crop"),
          text("teacher"),
          text("assumptions"),
          whole("few_shot").orElse(0),
          text("known_anomalies").isEmpty() ? 0 : fraction("known_anomalies"),
          whole("limit_train").orElse(0) > 0 || whole("limit_test").orElse(0) > 0,
          metrics,
          extra);
    }

    /** A column of its own in tables from elsewhere; a run says it in place of the students. */
    private String method() {
      String students = text("students");
      return text("method").isEmpty() && !students.isEmpty() && !STUDENTS.contains(students)
          ? students
          : text("method");
    }

    private String text(String column) {
      return cells.isSet(column) ? CsvText.text(cells.get(column)) : "";
    }

    private OptionalLong whole(String column) {
      String text = text(column);
      if (text.isEmpty()) {
        return OptionalLong.empty();
      }
      if (!text.matches("\\d{1,15}")) {
        throw refused(column, "a whole number");
      }
      return OptionalLong.of(Long.parseLong(text));
    }

    private double fraction(String column) {
      return number(column, 0, 1, "a number from 0 to 1");
    }

    private double number(String column, double least, double most, String expected) {
      double value = Double.NaN;
      try {
        value = Double.parseDouble(text(column));
      } catch (NumberFormatException e) {
        // NaN, which is refused below with all else that is out of range
      }
      if (!(value >= least && value <= most)) {
        throw refused(column, expected);
      }
      return value;
    }

    private InputException refused(String column, String expected) {
      return new InputException(
          "%s:%d: %s is \"%s\"; expected %s"
              .formatted(file, number, column, text(column), expected));
    }
  }
}
