package io.github.dyad.experiment;

import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.Datasets;
import io.github.dyad.experiment.store.Decimals;
import io.github.dyad.metric.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The metrics of one's own that a trial names, and the proof that they come from its scores. */
final class ExtraMetrics {
  private ExtraMetrics() {}

  /**
   * @param ranks (images), {@link io.github.dyad.anomaly.ImageScore#rank}
   * @return by column; without those that are undefined on these images
   * @throws TrainingException when a metric gives no number
   */
  static Map<String, Double> of(
      List<Metric> metrics, double[] ranks, boolean[] anomalous, List<String> groups) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (Metric metric : metrics) {
      OptionalDouble value = metric.of(ranks.clone(), anomalous.clone(), groups);
      if (value.isPresent()) {
        if (!Double.isFinite(value.getAsDouble())) {
          throw new TrainingException(metric.name() + " is " + value.getAsDouble());
        }
        values.put(metric.column(), value.getAsDouble());
      }
    }
    return values;
  }

  /** What stands in {@code results.csv}, by column; empty where there is no number. */
  static Map<String, String> cells(List<Metric> metrics, Map<String, Double> values) {
    Map<String, String> cells = new LinkedHashMap<>();
    for (Metric metric : metrics) {
      Double value = values.get(metric.column());
      cells.put(metric.column(), value == null ? "" : Decimals.shortest(value));
    }
    return cells;
  }

  /** What stands there for the mean of a trial's rows. */
  static Map<String, String> meanCells(List<Metric> metrics, List<ResultRow> rows) {
    return cells(metrics, means(rows.stream().map(ExtraMetrics::numbers).toList()));
  }

  private static Map<String, Double> numbers(ResultRow row) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    row.extra()
        .forEach(
            (column, cell) -> {
              if (!cell.isEmpty()) {
                numbers.put(column, Double.parseDouble(cell));
              }
            });
    return numbers;
  }

  /** What {@code results.csv} says otherwise than the saved scores do, one line each. */
  static List<String> problems(ResultsFolder folder) {
    List<String> problems = new ArrayList<>();
    try {
      List<ResultRow> rows = ResultTable.read(folder.results());
      for (Trial trial : RecordedTrials.read(folder).trials()) {
        if (!trial.config().metrics().extra().isEmpty()) {
          List<ResultRow> own =
              rows.stream()
                  .filter(row -> row.get(ResultColumn.TRIAL).equals(trial.name()))
                  .toList();
          problems.addAll(problems(folder, trial, own));
        }
      }
    } catch (RuntimeException e) { // a damaged file, or a metric that fails on it
      problems.add("metrics.extra cannot be taken again: " + e.getMessage());
    }
    return problems;
  }

  private static List<String> problems(ResultsFolder folder, Trial trial, List<ResultRow> rows) {
    List<String> problems = new ArrayList<>();
    TrialConfig config = trial.config();
    DatasetLayout layout = Datasets.layout(config.data().dataset(), config.options());
    List<Map<String, Double>> single = new ArrayList<>();
    for (ResultRow row : rows) {
      Map<String, Double> values;
      if (row.isMean()) {
        values = means(single);
      } else {
        values = fromScores(folder, trial, row, layout);
        single.add(values);
      }
      cells(trial.config().metrics().extra(), values)
          .forEach(
              (column, expected) -> {
                String found = row.extra().getOrDefault(column, "");
                if (!found.equals(expected)) {
                  problems.add(
                      "results.csv: %s of %s %s is \"%s\"; its scores give \"%s\""
                          .formatted(
                              column, trial.name(), row.get(ResultColumn.SPLIT), found, expected));
                }
              });
    }
    return problems;
  }

  private static Map<String, Double> fromScores(
      ResultsFolder folder, Trial trial, ResultRow row, DatasetLayout layout) {
    List<ScoredImage> images =
        ScoredImage.read(folder.scores(trial.name(), row.get(ResultColumn.SPLIT)));
    return of(
        trial.config().metrics().extra(),
        Ranks.of(images, trial.config().anomaly()),
        Ranks.labels(images),
        images.stream().map(image -> layout.group(image.path())).toList());
  }

  /** Of the columns that every row has. */
  static Map<String, Double> means(List<Map<String, Double>> rows) {
    Map<String, Double> means = new LinkedHashMap<>();
    if (!rows.isEmpty()) {
      for (String column : rows.get(0).keySet()) {
        if (rows.stream().allMatch(row -> row.containsKey(column))) {
          double sum = rows.stream().mapToDouble(row -> row.get(column)).sum();
          means.put(column, sum / rows.size());
        }
      }
    }
    return means;
  }
}
