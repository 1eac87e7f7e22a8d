package io.github.dyad.metric;

import io.github.dyad.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/**
 * Scores and labels of anyone's detector, read from a CSV file with a header line (UTF-8, commas).
 * Other columns are ignored. Cells are data: a formula ({@code =1+1}) is no number and no group
 * name, and is refused with its line.
 */
public final class ScoreFile {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
  private static final Pattern INFINITE = Pattern.compile("[+-]?inf(inity)?");
  private static final String FORMULA_STARTS = "=+-@";

  private final Path file;
  private final boolean grouped;
  private final Map<String, Samples> groups = new LinkedHashMap<>();

  /**
   * Names of the columns to read.
   *
   * @param score a number or {@code inf}; higher is more anomalous
   * @param label 1 or true for anomalous, 0 or false for normal
   * @param group optional in the file: metrics are taken within each group
   */
  public record Columns(String score, String label, String group) {
    /** {@code score,label,group}. */
    public static final Columns DEFAULT = new Columns("score", "label", "group");
  }

  private ScoreFile(Path file, boolean grouped) {
    this.file = file;
    this.grouped = grouped;
  }

  /**
   * Reads the file.
   *
   * @throws InputException naming file, line and cell when something cannot be used
   */
  public static ScoreFile read(Path file, Columns columns) {
    CSVFormat format =
        CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setTrim(true)
            .setAllowMissingColumnNames(true) // pandas leaves the index column without a name
            .setDuplicateHeaderMode(DuplicateHeaderMode.ALLOW_EMPTY)
            .get();
    try (Reader reader = open(file);
        CSVParser rows = CSVParser.parse(reader, format)) {
      List<String> header = rows.getHeaderNames();
      int score = column(file, header, columns.score());
      int label = column(file, header, columns.label());
      int group = header.indexOf(columns.group());
      ScoreFile scores = new ScoreFile(file, group >= 0);
      for (CSVRecord row : rows) {
        if (!row.isConsistent()) {
          throw new InputException(
              "%s:%d: has %d cells, but the header has %d"
                  .formatted(file, rows.getCurrentLineNumber(), row.size(), header.size()));
        }
        String where = file + ":" + rows.getCurrentLineNumber() + ": ";
        String name = group < 0 ? "" : groupName(where, row.get(group));
        scores
            .groups
            .computeIfAbsent(name, n -> new Samples())
            .add(number(where, row.get(score)), isAnomalous(where, row.get(label)));
      }
      if (scores.groups.isEmpty()) {
        throw new InputException(file + ": has no row below its header");
      }
      return scores;
    } catch (CSVException e) {
      throw new InputException(file + ": is no CSV file: " + e.getMessage(), e);
    } catch (UncheckedIOException | IOException | IllegalArgumentException e) {
      // commons-csv reports a broken quote while iterating as UncheckedIOException, and a header
      // that names a column twice as IllegalArgumentException
      throw new InputException(file + ": cannot be read as CSV: " + e.getMessage(), e);
    }
  }

  /** Whether the file has the group column. */
  public boolean isGrouped() {
    return grouped;
  }

  /**
   * The metrics of every group, in the order of first appearance; one group named "" when the file
   * has no group column.
   *
   * @throws InputException when a group lacks one of the two classes
   */
  public Map<String, ImageMetrics> metrics() {
    Map<String, ImageMetrics> metrics = new LinkedHashMap<>();
    groups.forEach(
        (name, samples) -> {
          try {
            metrics.put(name, samples.metrics());
          } catch (InputException e) {
            String where = grouped ? file + ": group \"" + name + "\": " : file + ": ";
            throw new InputException(where + e.getMessage(), e);
          }
        });
    return metrics;
  }

  /**
   * A metric of one's own for every group, as {@link #metrics}; empty where it is undefined. Each
   * row is an object of its own to it.
   */
  public Map<String, OptionalDouble> of(Metric metric) {
    Map<String, OptionalDouble> values = new LinkedHashMap<>();
    groups.forEach((name, samples) -> values.put(name, samples.of(metric)));
    return values;
  }

  private static Reader open(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new InputException(file + ": there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw new InputException(file + ": is a folder; expected a CSV file");
    }
    Reader reader = new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8);
    Reader buffered = new BufferedReader(reader, 1 << 16);
    buffered.mark(1);
    if (buffered.read() != '\uFEFF') { // the mark that spreadsheets write first
      buffered.reset();
    }
    return buffered;
  }

  private static int column(Path file, List<String> header, String name) {
    int index = header.indexOf(name);
    if (index < 0) {
      throw new InputException(
          "%s:1: has no column \"%s\"; found %s (comma-separated)"
              .formatted(file, name, header.isEmpty() ? "no header" : String.join(", ", header)));
    }
    return index;
  }

  private static double number(String where, String cell) {
    if (NUMBER.matcher(cell).matches()) {
      return Double.parseDouble(cell);
    }
    String lower = cell.toLowerCase(Locale.ROOT);
    if (INFINITE.matcher(lower).matches()) {
      return lower.charAt(0) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    throw new InputException(where + "score is \"" + cell + "\"; expected a number");
  }

  private static boolean isAnomalous(String where, String cell) {
    return switch (cell.toLowerCase(Locale.ROOT)) {
      case "1", "1.0", "true" -> true;
      case "0", "0.0", "false" -> false;
      default ->
          throw new InputException(
              where + "label is \"" + cell + "\"; expected 0 (normal) or 1 (anomalous)");
    };
  }

  private static String groupName(String where, String cell) {
    if (cell.isEmpty()) {
      throw new InputException(where + "group is empty");
    }
    boolean formula = FORMULA_STARTS.indexOf(cell.charAt(0)) >= 0;
    if ((formula && !NUMBER.matcher(cell).matches())
        || cell.chars().anyMatch(Character::isISOControl)) {
      throw new InputException(
          where
              + "group is \""
              + cell.replaceAll("\\p{Cntrl}", "?")
              + "\"; a name must not begin with = + - @ or hold control characters");
    }
    return cell;
  }

  /** Growing arrays: no boxing for files of millions of rows. */
  private static final class Samples {
    private double[] scores = new double[64];
    private boolean[] anomalous = new boolean[64];
    private int count;

    void add(double score, boolean isAnomalous) {
      if (count == scores.length) {
        scores = Arrays.copyOf(scores, 2 * count);
        anomalous = Arrays.copyOf(anomalous, 2 * count);
      }
      scores[count] = score;
      anomalous[count++] = isAnomalous;
    }

    ImageMetrics metrics() {
      return ImageMetrics.of(Arrays.copyOf(scores, count), Arrays.copyOf(anomalous, count));
    }

    OptionalDouble of(Metric metric) {
      return metric.of(
          Arrays.copyOf(scores, count),
          Arrays.copyOf(anomalous, count),
          IntStream.range(0, count).mapToObj(String::valueOf).toList());
    }
  }
}
