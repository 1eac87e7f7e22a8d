package io.github.dyad.report;

import io.github.dyad.CsvText;
import io.github.dyad.InputException;
import io.github.dyad.experiment.ResultColumn;
import io.github.dyad.experiment.ResultRow;
import io.github.dyad.experiment.store.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * What a search tells about its parameters: each against the score, and all of them in parallel
 * coordinates, which no chart library here draws. Made from {@code candidates.csv} in a results
 * folder; candidates without a score (failed, or given up) are left out.
 */
public final class SearchFigures {
  private static final String CANDIDATES = "candidates.csv";
  private static final String FOLDER = "figures";
  private static final String SCORE = "score";

  /** How the trials of short trainings end, which early stop goes by. */
  private static final String PROBE = "-probe";

  /** Columns in front of the parameters; one, the reason, stands behind them. */
  private static final int IN_FRONT = 4;

  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int LEFT = 64;
  private static final int RIGHT = WIDTH - 24;
  private static final int TOP = 36;
  private static final int BOTTOM = HEIGHT - 56;
  private static final int TICKS = 5;

  private SearchFigures() {}

  /**
   * SVG by file name, in the order of the parameters, the parallel coordinates last; empty where
   * the folder holds no search, or none of its candidates has a score. Text and axes take the
   * page's colour.
   *
   * @throws InputException when {@code candidates.csv} is damaged
   */
  public static Map<String, String> of(Path results) {
    Path csv = results.resolve(CANDIDATES);
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    Map<String, String> figures = new LinkedHashMap<>();
    try (CSVParser parser = CSVParser.parse(WholeFile.read(csv).orElse(""), format)) {
      List<CSVRecord> candidates =
          parser.stream().filter(row -> !row.get(SCORE).isEmpty()).toList();
      if (candidates.isEmpty()) {
        return figures;
      }
      List<String> names = parser.getHeaderNames();
      List<Scale> scales = new ArrayList<>();
      for (String parameter : names.subList(IN_FRONT, names.size() - 1)) {
        scales.add(Scale.of(candidates, parameter));
      }
      Scale score = Scale.of(candidates, SCORE);
      for (Scale scale : scales) {
        figures.put(
            "search-" + scale.column.replace('.', '-') + ".svg",
            againstScore(candidates, scale, score));
      }
      figures.put("search-parallel-coordinates.svg", parallel(candidates, scales, score));
      return figures;
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new InputException(csv + " is damaged: " + e.getMessage(), e);
    }
  }

  /** Whether a search's row is of a short training. */
  static boolean isProbe(ResultRow row) {
    return row.get(ResultColumn.TRIAL).endsWith(PROBE);
  }

  /** Writes {@link #of} into the folder {@code figures} of the results. */
  public static void write(Path results) {
    of(results).forEach((name, svg) -> WholeFile.write(results.resolve(FOLDER).resolve(name), svg));
  }

  /**
   * From a column's values to 0..1: numbers by their value, or by its logarithm where they span
   * more than a power of ten; other values by their order of appearance.
   *
   * @param labels of values that are no numbers
   */
  private record Scale(
      String column, boolean logarithmic, double low, double high, List<String> labels) {

    static Scale of(List<CSVRecord> candidates, String column) {
      LinkedHashSet<String> texts = new LinkedHashSet<>();
      candidates.forEach(candidate -> texts.add(CsvText.text(candidate.get(column))));
      try {
        ToDoubleFunction<String> number = Double::parseDouble;
        double low = texts.stream().mapToDouble(number).min().orElseThrow();
        double high = texts.stream().mapToDouble(number).max().orElseThrow();
        boolean log = low > 0 && high > 10 * low;
        return log
            ? new Scale(column, true, Math.log(low), Math.log(high), List.of())
            : new Scale(column, false, low, high, List.of());
      } catch (NumberFormatException e) {
        return new Scale(column, false, 0, texts.size() - 1.0, List.copyOf(texts));
      }
    }

    double at(CSVRecord candidate) {
      String text = CsvText.text(candidate.get(column));
      if (!labels.isEmpty()) {
        return unit(labels.indexOf(text));
      }
      double value = Double.parseDouble(text);
      return unit(logarithmic ? Math.log(value) : value);
    }

    private double unit(double value) {
      return high > low ? (value - low) / (high - low) : 0.5;
    }

    /** Texts along the axis by their place. */
    Map<Double, String> ticks(int count) {
      Map<Double, String> ticks = new LinkedHashMap<>();
      for (int i = 0; i < labels.size(); i++) {
        ticks.put(unit(i), labels.get(i));
      }
      for (int i = 0; labels.isEmpty() && i < (high > low ? count : 1); i++) {
        double at = low + (high - low) * i / (count - 1);
        double value = logarithmic ? Math.exp(at) : at;
        ticks.put(unit(at), Svg.number(value));
      }
      return ticks;
    }

    /** The key without its section. */
    String shortName() {
      return column.substring(column.lastIndexOf('.') + 1);
    }
  }

  private static double across(double unit) {
    return LEFT + 16 + unit * (RIGHT - LEFT - 32);
  }

  private static double up(double unit) {
    return BOTTOM - 12 - unit * (BOTTOM - TOP - 24);
  }

  private static String againstScore(List<CSVRecord> candidates, Scale scale, Scale score) {
    Svg svg = new Svg(WIDTH, HEIGHT, scale.column + " against the validation score");
    svg.line(LEFT, BOTTOM, RIGHT, BOTTOM);
    svg.line(LEFT, TOP, LEFT, BOTTOM);
    scale
        .ticks(TICKS)
        .forEach(
            (at, text) -> {
              svg.line(across(at), BOTTOM, across(at), BOTTOM + 4);
              svg.text(across(at), BOTTOM + 18, "middle", text);
            });
    score
        .ticks(TICKS)
        .forEach(
            (at, text) -> {
              svg.line(LEFT - 4, up(at), LEFT, up(at));
              svg.text(LEFT - 8, up(at) + 4, "end", text);
            });
    String below = scale.column + (scale.logarithmic ? " (logarithmic)" : "");
    svg.text((LEFT + RIGHT) / 2.0, HEIGHT - 12, "middle", below);
    svg.text(LEFT, TOP - 14, "middle", "score");
    for (CSVRecord candidate : candidates) {
      svg.dot(
          across(scale.at(candidate)),
          up(score.at(candidate)),
          score.at(candidate),
          told(candidate));
    }
    return svg.toString();
  }

  /** Each candidate is a line over all parameters, from lowest to highest, and the score. */
  private static String parallel(List<CSVRecord> candidates, List<Scale> scales, Scale score) {
    Svg svg = new Svg(WIDTH, HEIGHT, "All candidates; the bluer, the better");
    List<Scale> axes = new ArrayList<>(scales);
    axes.add(score);
    for (CSVRecord candidate : candidates) {
      double[] x = new double[axes.size()];
      double[] y = new double[axes.size()];
      for (int i = 0; i < x.length; i++) {
        x[i] = across((double) i / (axes.size() - 1));
        y[i] = up(axes.get(i).at(candidate));
      }
      svg.path(x, y, score.at(candidate), told(candidate));
    }
    for (int i = 0; i < axes.size(); i++) {
      double x = across((double) i / (axes.size() - 1));
      svg.line(x, TOP, x, BOTTOM);
      axes.get(i).ticks(2).forEach((at, text) -> svg.text(x + 4, up(at) + 4, "start", text));
      // Neighbouring names take two lines in turn.
      svg.text(x, BOTTOM + 18 + 16 * (i % 2), "middle", axes.get(i).shortName());
    }
    return svg.toString();
  }

  /** What shows when the mouse rests on a candidate. */
  private static String told(CSVRecord candidate) {
    double score = Double.parseDouble(candidate.get(SCORE));
    return String.format(Locale.ROOT, "%s: %.4f", candidate.get("candidate"), score);
  }
}
