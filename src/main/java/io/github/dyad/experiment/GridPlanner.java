package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.Domain;
import io.github.dyad.data.Sample;
import io.github.dyad.data.SplitRequest;
import io.github.dyad.data.Splits;
import io.github.dyad.experiment.Grid.PlannedModel;
import io.github.dyad.experiment.Grid.PlannedRow;
import io.github.dyad.experiment.Grid.PlannedTrial;
import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.experiment.yaml.RecordTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Finds the images of every trial; each data set is read once, however many trials use it. */
public final class GridPlanner {
  private record Place(String dataset, Optional<Record> options, Path root) {}

  private record Read(Place place, SplitRequest request) {}

  private final DataRoom data;
  private final UnaryOperator<String> teacherHash;
  private final Map<Read, Splits> splits = new HashMap<>();
  private final Map<Place, List<String>> categories = new HashMap<>();
  private final Map<String, String> teachers = new HashMap<>();

  /**
   * @param teacherHash {@link Engine#teacherSha256}
   */
  public GridPlanner(DataRoom data, UnaryOperator<String> teacherHash) {
    this.data = data;
    this.teacherHash = teacherHash;
  }

  /**
   * @throws InputException when a data set or a teacher is missing or unfit, before anything is
   *     computed
   */
  public Grid plan(Experiment experiment, List<Trial> trials) {
    List<PlannedTrial> planned = new ArrayList<>();
    for (Trial trial : trials) {
      planned.add(plan(experiment, trial));
    }
    return new Grid(experiment.name(), experiment.file(), planned);
  }

  private PlannedTrial plan(Experiment experiment, Trial trial) {
    TrialConfig config = trial.config();
    DatasetLayout layout = data.layout(config.data().dataset(), config.options());
    Path root = data.root(config.data(), experiment);
    Place place = new Place(layout.name(), config.datasetOptions(), root);
    String teacherFile = teacherFile(experiment, config.teacher().file());
    List<PlannedModel> models = new ArrayList<>();
    SplitPlan.of(
            config.data(),
            layout.facts().domain(),
            categories.computeIfAbsent(place, key -> layout.categories(root)),
            config.training().seed())
        .forEach(
            (name, request) -> {
              Splits read =
                  splits.computeIfAbsent(
                      new Read(place, request),
                      key -> marked(layout.read(root, request), place.options()));
              models.add(model(config, layout, name, read, teacherFile));
            });
    return new PlannedTrial(trial, models);
  }

  /**
   * A layout's options count as the images' contents do: they may say how pixels are to be read.
   */
  private static Splits marked(Splits read, Optional<Record> options) {
    if (options.isEmpty()) {
      return read;
    }
    String tree = Json.canonical(RecordTree.of(options.get()));
    return new Splits(
        read.dataset(),
        read.train(),
        read.test(),
        Sha256.of(read.manifestHash() + tree),
        Sha256.of(read.trainHash() + tree));
  }

  private PlannedModel model(
      TrialConfig config, DatasetLayout layout, String split, Splits images, String teacherFile) {
    String teacherSha256 = teachers.computeIfAbsent(teacherFile, teacherHash);
    TrainingPart part = TrainingPart.of(config, teacherSha256, images.trainHash());
    String trainingKey = part.key();
    List<PlannedRow> rows = new ArrayList<>();
    byRow(layout.facts().domain(), split, images)
        .forEach(
            (row, test) -> {
              List<String> groups = test.stream().map(s -> layout.group(s.path())).toList();
              rows.add(new PlannedRow(row, test, groups, rowKey(trainingKey, config, row, images)));
            });
    return new PlannedModel(
        split, new TrainingTask(part, teacherFile, images, config.features()), trainingKey, rows);
  }

  /** Industrial data is judged category by category, semantic data pooled over a split. */
  private static Map<String, List<Sample>> byRow(Domain domain, String split, Splits images) {
    Map<String, List<Sample>> rows = new LinkedHashMap<>();
    for (Sample sample : images.test()) {
      String row = domain == Domain.INDUSTRIAL ? sample.category() : split;
      rows.computeIfAbsent(row, key -> new ArrayList<>()).add(sample);
    }
    return rows;
  }

  /** The training's key knows the training images only. */
  private static String rowKey(String trainingKey, TrialConfig config, String row, Splits images) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("training", trainingKey);
    tree.put("images", images.manifestHash());
    tree.put("row", row);
    tree.put("inference", InferencePart.of(config).tree());
    if (!config.metrics().extra().isEmpty()) {
      tree.put("extra_metrics", config.metrics().extra().stream().map(Methods::tree).toList());
    }
    if (config.options().containsKey(config.anomaly().fusion().name())) {
      tree.put("fusion_options", RecordTree.of((Record) config.anomaly().fusion()));
    }
    return Sha256.of(Json.canonical(tree));
  }

  private static String teacherFile(Experiment experiment, String file) {
    return file.startsWith("builtin:") ? file : experiment.resolve(file).toString();
  }
}
