package io.github.dyad.report;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyConfig.ClassTokens;
import io.github.dyad.data.Sample;
import io.github.dyad.experiment.DistillationEngine;
import io.github.dyad.experiment.Grid.PlannedModel;
import io.github.dyad.experiment.Grid.PlannedRow;
import io.github.dyad.experiment.Grid.PlannedTrial;
import io.github.dyad.experiment.Inspection;
import io.github.dyad.experiment.Inspection.View;
import io.github.dyad.experiment.Ranks;
import io.github.dyad.experiment.ResultColumn;
import io.github.dyad.experiment.ResultRow;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.experiment.ScoredImage;
import io.github.dyad.experiment.Trial;
import io.github.dyad.report.TrialGallery.Entry;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What a page shows of single trials. Trials that share trainings share what is made of these. */
final class TrialPictures {
  private static final int SCATTER_POINTS = 1500;

  private final ResultsFolder folder;
  private final ReportOptions options;
  private final DistillationEngine engine;
  private final Set<String> notes;
  private final Consumer<String> progress;

  private final Map<String, Object> trainings = new LinkedHashMap<>();
  private final List<Object> samples = new ArrayList<>();
  private final Map<List<String>, Integer> sampleOf = new HashMap<>();
  private final List<Object> variance = new ArrayList<>();
  private final Set<String> datasetsWithVariance = new HashSet<>();

  TrialPictures(
      ResultsFolder folder,
      ReportOptions options,
      DistillationEngine engine,
      Set<String> notes,
      Consumer<String> progress) {
    this.folder = folder;
    this.options = options;
    this.engine = engine;
    this.notes = notes;
    this.progress = progress;
  }

  /** Curves by training key. */
  Map<String, Object> trainings() {
    return trainings;
  }

  /** {@link Discrepancies#shown}; trials name them by index. */
  List<Object> samples() {
    return samples;
  }

  List<Object> variance() {
    return variance;
  }

  /**
   * @param rows of the trial's results
   * @param trial null where the manifest does not tell
   * @param planned null where its images are not there
   */
  Map<String, Object> of(List<ResultRow> rows, Trial trial, PlannedTrial planned) {
    String name = rows.get(0).get(ResultColumn.TRIAL);
    progress.accept(name);
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("name", name);
    shown.put("dataset", rows.get(0).get(ResultColumn.DATASET));
    shown.put("fusion", rows.get(0).get(ResultColumn.FUSION));
    AnomalyConfig config = trial == null ? null : trial.config().anomaly();
    Map<String, List<ScoredImage>> scored = scores(name, rows);
    shown.put("scatter", scatter(scored, config));
    if (planned != null) {
      try {
        pictures(shown, planned, scored);
      } catch (InputException e) {
        notes.add("No pictures of " + name + ": " + e.getMessage());
      }
    }
    return shown;
  }

  private Map<String, List<ScoredImage>> scores(String trial, List<ResultRow> rows) {
    Map<String, List<ScoredImage>> scored = new LinkedHashMap<>();
    for (ResultRow row : rows) {
      String split = row.get(ResultColumn.SPLIT);
      if (!row.isMean() && Files.isRegularFile(folder.scores(trial, split))) {
        scored.put(split, ScoredImage.read(folder.scores(trial, split)));
      }
    }
    return scored;
  }

  private static boolean takesAllTokens(AnomalyConfig config) {
    return config != null && config.classTokens() == ClassTokens.ALL;
  }

  private static double encoder(ScoredImage image, AnomalyConfig config) {
    return takesAllTokens(config) ? image.encoderAll() : image.encoderLast();
  }

  /** s_E against s_D where there are both. */
  private static Map<String, Object> scatter(
      Map<String, List<ScoredImage>> scored, AnomalyConfig config) {
    List<ScoredImage> images =
        scored.values().stream()
            .flatMap(List::stream)
            .filter(i -> !Double.isNaN(encoder(i, config)))
            .filter(i -> !Double.isNaN(i.decoder()))
            .toList();
    List<ScoredImage> shown = spread(images, SCATTER_POINTS);
    return Map.of(
        "encoder", Numbers.of(shown.stream().mapToDouble(i -> encoder(i, config)).toArray()),
        "decoder", Numbers.of(shown.stream().mapToDouble(ScoredImage::decoder).toArray()),
        "anomalous", shown.stream().map(i -> i.anomalous() ? 1 : 0).toList(),
        "images", images.size(),
        "temperature", config == null ? 1 : config.temperature(),
        "tokens", takesAllTokens(config) ? "all" : "last");
  }

  /** At most so many, evenly spaced in their order. */
  private static <T> List<T> spread(List<T> all, int count) {
    if (all.size() <= count) {
      return all;
    }
    List<T> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(all.get((int) ((long) i * all.size() / count)));
    }
    return some;
  }

  private void pictures(
      Map<String, Object> shown, PlannedTrial planned, Map<String, List<ScoredImage>> scored) {
    AnomalyConfig config = planned.trial().config().anomaly();
    List<Map<String, String>> used = new ArrayList<>();
    for (PlannedModel model : planned.models()) {
      String key = model.trainingKey();
      if (!Files.isDirectory(folder.model(key))) {
        throw new InputException(
            "the model of " + model.split() + " is not there, or its images have changed");
      }
      trainings.computeIfAbsent(
          key,
          k ->
              Map.of(
                  "curve", Curves.read(folder.curve(k)),
                  "speed", Curves.read(folder.stepTimes(k))));
      used.add(Map.of("split", model.split(), "key", key));
    }
    shown.put("trainings", used);
    shown.put("sample", sample(planned, (String) shown.get("dataset")));
    shown.put("gallery", gallery(planned, scored, config));
  }

  private int sample(PlannedTrial planned, String dataset) {
    List<String> keys = planned.models().stream().map(PlannedModel::trainingKey).toList();
    return sampleOf.computeIfAbsent(
        keys,
        k -> {
          Discrepancies views = look(planned);
          samples.add(views.shown());
          if (!datasetsWithVariance.contains(dataset)) {
            List<Map<String, Object>> maps = views.featureVariance(dataset);
            variance.addAll(maps);
            if (!maps.isEmpty()) {
              datasetsWithVariance.add(dataset);
            }
          }
          return samples.size() - 1;
        });
  }

  /** The sample is shared out among a trial's models, half normal and half anomalous. */
  private Discrepancies look(PlannedTrial planned) {
    List<Sample> images = new ArrayList<>();
    List<View> first = new ArrayList<>();
    List<View> last = new ArrayList<>();
    if (planned.models().get(0).task().part().iterations() == 0) {
      return new Discrepancies(images, first, last); // no students, no steps
    }
    int each = (int) Math.ceil((double) options.sample() / planned.models().size());
    AnomalyConfig config = planned.trial().config().anomaly();
    for (PlannedModel model : planned.models()) {
      Map<Boolean, List<Sample>> byLabel =
          model.rows().stream()
              .flatMap(row -> row.test().stream())
              .collect(Collectors.partitioningBy(Sample::anomalous));
      List<Sample> some = new ArrayList<>(spread(byLabel.get(false), each / 2));
      some.addAll(spread(byLabel.get(true), each - each / 2));
      images.addAll(some);
      first.addAll(views(model, config, some, false));
      last.addAll(views(model, config, some, true));
    }
    return new Discrepancies(images, first, last);
  }

  private List<View> views(
      PlannedModel model, AnomalyConfig config, List<Sample> images, boolean trained) {
    try (Inspection inspection =
        engine.inspect(folder.model(model.trainingKey()), model.task(), config, trained)) {
      return inspection.views(images);
    }
  }

  private List<Map<String, Object>> gallery(
      PlannedTrial planned, Map<String, List<ScoredImage>> scored, AnomalyConfig config) {
    Map<PlannedModel, List<Entry>> byModel = new LinkedHashMap<>();
    List<Entry> wrongest = new ArrayList<>();
    for (PlannedModel model : planned.models()) {
      for (PlannedRow row : model.rows()) {
        wrongest.addAll(entries(row, scored.getOrDefault(row.split(), List.of()), config));
      }
    }
    wrongest.sort(
        Comparator.comparingDouble((Entry entry) -> -entry.wrong())
            .thenComparing(entry -> entry.sample().path()));
    Set<Entry> chosen =
        new HashSet<>(wrongest.subList(0, Math.min(options.gallery(), wrongest.size())));
    for (PlannedModel model : planned.models()) {
      Set<String> rows = model.rows().stream().map(PlannedRow::split).collect(Collectors.toSet());
      byModel.put(
          model,
          wrongest.stream().filter(chosen::contains).filter(e -> rows.contains(e.row())).toList());
    }
    List<Map<String, Object>> shown = new ArrayList<>();
    byModel.forEach(
        (model, entries) -> {
          if (!entries.isEmpty()) {
            try (Inspection inspection =
                engine.inspect(folder.model(model.trainingKey()), model.task(), config, true)) {
              shown.addAll(
                  TrialGallery.of(
                      entries, inspection, model.task().part().size(), config.mapSize()));
            }
          }
        });
    shown.sort(Comparator.comparingDouble(entry -> -(Double) entry.get("wrong")));
    return shown;
  }

  private static List<Entry> entries(
      PlannedRow row, List<ScoredImage> scored, AnomalyConfig config) {
    Map<String, Sample> byPath =
        row.test().stream().collect(Collectors.toMap(Sample::path, s -> s, (a, b) -> a));
    double[] wrong = Wrongness.of(Ranks.of(scored, config), Ranks.labels(scored));
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < wrong.length; i++) {
      Sample sample = byPath.get(scored.get(i).path());
      if (sample != null) {
        entries.add(
            new Entry(
                row.split(), sample, scored.get(i), encoder(scored.get(i), config), wrong[i]));
      }
    }
    return entries;
  }
}
