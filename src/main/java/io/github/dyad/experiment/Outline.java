package io.github.dyad.experiment;

import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.yaml.RecordTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an experiment file alone tells of its grid, without teacher or images: which trials share
 * which trainings. A training stands for one model of each split.
 *
 * @param trainings iterations by training, in the order in which trials first need them
 * @param trainingOf number of each trial's training, from 1
 */
public record Outline(List<Integer> trainings, Map<String, Integer> trainingOf) {

  /** Keys of the data that reach no training. */
  private static final List<String> ONLY_TESTED = List.of("limitTest", "masks", "locoAuroc");

  public static Outline of(List<Trial> trials) {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    Map<String, Integer> iterations = new LinkedHashMap<>();
    Map<String, Integer> trainingOf = new LinkedHashMap<>();
    for (Trial trial : trials) {
      TrialConfig config = trial.config();
      // Names stand in for contents: equal names are the same files.
      Map<String, Object> data = RecordTree.of(config.data());
      data.keySet().removeAll(ONLY_TESTED);
      TrainingPart part = TrainingPart.of(config, config.teacher().file(), Json.canonical(data));
      String key = part.key();
      numbers.putIfAbsent(key, numbers.size() + 1);
      iterations.putIfAbsent(key, part.iterations());
      trainingOf.put(trial.name(), numbers.get(key));
    }
    return new Outline(List.copyOf(iterations.values()), trainingOf);
  }
}
