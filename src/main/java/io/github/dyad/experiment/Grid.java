package io.github.dyad.experiment;

import io.github.dyad.data.Sample;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Trials with their images at hand: what is to be trained, and what is to be scored with it.
 *
 * @param experiment its name
 * @param file the experiment file; relative paths of the trials are seen from its folder
 * @param trials in the order of the experiment file
 */
public record Grid(String experiment, Path file, List<PlannedTrial> trials) {
  public Grid {
    trials = List.copyOf(trials);
  }

  /** A trial and the models that it is made of, one for each split. */
  public record PlannedTrial(Trial trial, List<PlannedModel> models) {
    public PlannedTrial {
      models = List.copyOf(models);
    }

    /** The rows of all models, in order. */
    public List<PlannedRow> rows() {
      return models.stream().flatMap(model -> model.rows().stream()).toList();
    }
  }

  /**
   * One model of one trial; trials share the training of equal {@code trainingKey}.
   *
   * @param split the split's, class's or category's name, or {@code all}
   * @param trainingKey {@link TrainingPart#key}
   */
  public record PlannedModel(
      String split, TrainingTask task, String trainingKey, List<PlannedRow> rows) {
    public PlannedModel {
      rows = List.copyOf(rows);
    }
  }

  /**
   * One row of {@code results.csv} and one file of scores.
   *
   * @param split the split's, class's or category's name
   * @param test its images
   * @param groups for each image what it is a view of; images that are judged together have one
   *     ({@link io.github.dyad.data.DatasetLayout#group})
   * @param key changes whenever anything that the row's numbers depend on does
   */
  public record PlannedRow(String split, List<Sample> test, List<String> groups, String key) {
    public PlannedRow {
      test = List.copyOf(test);
      groups = List.copyOf(groups);
    }
  }

  /**
   * The trial that a run tells of.
   *
   * @param label of a {@link RunListener}'s training: a trial's name alone, before a space and a
   *     split, or before a comma and the names of others that share the training
   */
  public Optional<PlannedTrial> trialOf(String label) {
    return trials.stream()
        .filter(
            trial -> {
              String name = trial.trial().name();
              return label.equals(name)
                  || label.startsWith(name + ",")
                  || label.startsWith(name + " ");
            })
        .findFirst();
  }

  /** The distinct trainings, in the order in which trials first need them. */
  public Map<String, TrainingTask> trainings() {
    Map<String, TrainingTask> trainings = new LinkedHashMap<>();
    for (PlannedTrial trial : trials) {
      for (PlannedModel model : trial.models) {
        trainings.putIfAbsent(model.trainingKey, model.task);
      }
    }
    return trainings;
  }
}
