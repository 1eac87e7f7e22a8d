package io.github.dyad.report;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.experiment.DistillationEngine;
import io.github.dyad.experiment.Grid.PlannedTrial;
import io.github.dyad.experiment.GridPlanner;
import io.github.dyad.experiment.Ranks;
import io.github.dyad.experiment.RecordedTrials;
import io.github.dyad.experiment.ResultColumn;
import io.github.dyad.experiment.ResultRow;
import io.github.dyad.experiment.ResultTable;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.experiment.ScoredImage;
import io.github.dyad.experiment.Trial;
import io.github.dyad.paper.Comparison;
import io.github.dyad.paper.ComparisonLine;
import io.github.dyad.paper.ComparisonText;
import io.github.dyad.paper.Contender;
import io.github.dyad.paper.OwnResults;
import io.github.dyad.paper.PaperCell;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A results folder as one page that needs nothing else: numbers from its files; pictures from its
 * models, which score a sample of the test images again.
 */
public final class Report {
  private final ResultsFolder folder;
  private final ReportOptions options;
  private final Consumer<String> progress;
  private final List<ResultRow> rows;
  private final Map<String, Trial> recorded = new LinkedHashMap<>();
  private final Set<String> notes = new LinkedHashSet<>();

  /** Of a search, SVG by file name; empty for a grid. */
  private final Map<String, String> searched;

  private Report(ResultsFolder folder, ReportOptions options, Consumer<String> progress) {
    this.folder = folder;
    this.options = options;
    this.progress = progress;
    this.rows = ResultTable.read(folder.results());
    this.searched = SearchFigures.of(folder.root());
    if (rows.isEmpty()) {
      throw new InputException(folder.results() + " has no row; nothing to report yet");
    }
  }

  /**
   * What cannot be shown, such as pictures of images that are not there any more, is told on the
   * page.
   *
   * @param planner finds the images
   * @param progress hears what is being done, for people
   * @throws InputException when the folder holds no results
   */
  public static String page(
      ResultsFolder folder,
      ReportOptions options,
      DistillationEngine engine,
      GridPlanner planner,
      Consumer<String> progress) {
    return Page.of("report", new Report(folder, options, progress).data(engine, planner));
  }

  private Map<String, Object> data(DistillationEngine engine, GridPlanner planner) {
    Map<String, PlannedTrial> detailed = detailed(planner);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("title", title());
    List<String> extra = ResultTable.extraColumns(rows);
    data.put("columns", columns(extra));
    data.put("rows", rows.stream().map(row -> row.cells(extra)).toList());
    data.put("comparison", comparison());
    data.put("search", searched.values());
    data.put("parameters", searched.isEmpty() ? Parameters.of(recorded, rows) : Map.of());
    data.put("ranking", ranking());
    TrialPictures pictures = new TrialPictures(folder, options, engine, notes, progress);
    List<Map<String, Object>> trials = new ArrayList<>();
    for (String name : chosen()) {
      trials.add(pictures.of(rowsOf(name), recorded.get(name), detailed.get(name)));
    }
    data.put("trials", trials);
    data.put("trainings", pictures.trainings());
    data.put("samples", pictures.samples());
    data.put("variance", pictures.variance());
    data.put("notes", notes);
    return data;
  }

  private List<Map<String, Object>> columns(List<String> extraColumns) {
    List<Map<String, Object>> columns = new ArrayList<>();
    for (ResultColumn c : ResultColumn.values()) {
      columns.add(column(c.header(), c.unit(), c.sentence(), c.isMetric()));
    }
    for (String extra : extraColumns) {
      boolean numbers =
          rows.stream()
              .map(row -> row.extra().getOrDefault(extra, ""))
              .allMatch(cell -> cell.isEmpty() || cell.matches("-?[0-9].*"));
      columns.add(column(extra, "", "a metric of one's own (metrics.extra)", numbers));
    }
    return columns;
  }

  private static Map<String, Object> column(
      String key, String unit, String sentence, boolean isMetric) {
    return Map.of("key", key, "unit", unit, "sentence", sentence, "metric", isMetric);
  }

  private String title() {
    try {
      RecordedTrials trials = RecordedTrials.read(folder);
      trials.trials().forEach(trial -> recorded.put(trial.name(), trial));
      return trials.experiment().name();
    } catch (InputException e) {
      notes.add("No pictures: " + e.getMessage());
      return folder.root().toAbsolutePath().normalize().getFileName().toString();
    }
  }

  /** The trials that are shown in pictures, with their images where these still are there. */
  private Map<String, PlannedTrial> detailed(GridPlanner planner) {
    Map<String, PlannedTrial> planned = new LinkedHashMap<>();
    RecordedTrials trials;
    try {
      trials = RecordedTrials.read(folder);
    } catch (InputException e) {
      return planned; // title() tells
    }
    Set<String> chosen = new LinkedHashSet<>(chosen());
    for (Trial trial : trials.trials()) {
      if (chosen.contains(trial.name())) {
        try {
          planned.put(
              trial.name(), planner.plan(trials.experiment(), List.of(trial)).trials().get(0));
        } catch (InputException e) {
          notes.add("No pictures of " + trial.name() + ": " + e.getMessage());
        }
      }
    }
    return planned;
  }

  private List<ResultRow> rowsOf(String trial) {
    return rows.stream().filter(row -> row.get(ResultColumn.TRIAL).equals(trial)).toList();
  }

  /** The best trials of every data set in turn, in the order of the results. */
  private List<String> chosen() {
    Map<String, List<ResultRow>> byDataset =
        rows.stream()
            .filter(ResultRow::isMean)
            .filter(row -> searched.isEmpty() || !SearchFigures.isProbe(row))
            .sorted(
                Comparator.comparingDouble(
                    (ResultRow row) -> -Numbers.metric(row, ResultColumn.IMAGE_AUROC)))
            .collect(
                Collectors.groupingBy(
                    row -> row.get(ResultColumn.DATASET), LinkedHashMap::new, Collectors.toList()));
    Set<String> chosen = new LinkedHashSet<>();
    for (int rank = 0; chosen.size() < options.trials(); rank++) {
      int before = chosen.size();
      for (List<ResultRow> ranked : byDataset.values()) {
        if (rank < ranked.size() && chosen.size() < options.trials()) {
          chosen.add(ranked.get(rank).get(ResultColumn.TRIAL));
        }
      }
      if (chosen.size() == before) {
        break;
      }
    }
    return rows.stream()
        .map(row -> row.get(ResultColumn.TRIAL))
        .distinct()
        .filter(chosen::contains)
        .toList();
  }

  private Map<String, Object> comparison() {
    Comparison comparison = Comparison.of(OwnResults.read(folder.results()));
    List<Map<String, Object>> lines = new ArrayList<>();
    for (ComparisonLine line : comparison.lines()) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("table", line.paper().map(cell -> String.valueOf(cell.table())).orElse(""));
      shown.put("dataset", line.own().dataset());
      shown.put("split", line.own().split());
      shown.put("who", line.contender().map(Contender::toString).orElse(line.own().trial()));
      shown.put("metric", line.metric());
      shown.put("ours", line.ours().isPresent() ? Numbers.of(line.ours().getAsDouble()) : null);
      shown.put(
          "interval",
          line.interval().isPresent() ? Numbers.of(line.interval().getAsDouble()) : null);
      shown.put("seeds", line.seeds());
      shown.put("paper", line.paper().map(PaperCell::printed).orElse(""));
      shown.put(
          "difference",
          line.difference().isPresent() ? Numbers.of(line.difference().getAsDouble()) : null);
      shown.put("kind", line.kind().toString());
      shown.put("remark", line.remark());
      lines.add(shown);
    }
    return Map.of("summary", ComparisonText.summary(comparison), "lines", lines);
  }

  /** ROC and precision–recall curves by data set and row, a line for each trial. */
  private List<Map<String, Object>> ranking() {
    Map<List<String>, List<Map<String, Object>>> groups = new LinkedHashMap<>();
    Set<String> chosen = new LinkedHashSet<>(chosen());
    for (ResultRow row : rows) {
      String trial = row.get(ResultColumn.TRIAL);
      boolean defined = !row.get(ResultColumn.IMAGE_AUROC).isEmpty(); // both classes are there
      if (row.isMean() || !chosen.contains(trial) || !defined) {
        continue;
      }
      String split = row.get(ResultColumn.SPLIT);
      try {
        List<ScoredImage> images = ScoredImage.read(folder.scores(trial, split));
        AnomalyConfig config =
            Optional.ofNullable(recorded.get(trial)).map(t -> t.config().anomaly()).orElse(null);
        RankingCurve curve = RankingCurve.of(Ranks.of(images, config), Ranks.labels(images));
        groups
            .computeIfAbsent(
                List.of(row.get(ResultColumn.DATASET), split), key -> new ArrayList<>())
            .add(
                Map.of(
                    "trial", trial,
                    "auroc", Numbers.of(row.metric(ResultColumn.IMAGE_AUROC)),
                    "ap", Numbers.of(row.metric(ResultColumn.IMAGE_AP)),
                    "roc", Numbers.of(curve.roc()),
                    "pr", Numbers.of(curve.precisionRecall())));
      } catch (InputException e) {
        notes.add("No curves of " + trial + " " + split + ": " + e.getMessage());
      }
    }
    List<Map<String, Object>> ranking = new ArrayList<>();
    groups.forEach(
        (key, lines) ->
            ranking.add(Map.of("dataset", key.get(0), "split", key.get(1), "lines", lines)));
    return ranking;
  }
}
