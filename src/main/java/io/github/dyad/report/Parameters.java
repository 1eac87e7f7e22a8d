package io.github.dyad.report;

import io.github.dyad.experiment.ResultColumn;
import io.github.dyad.experiment.ResultRow;
import io.github.dyad.experiment.Trial;
import io.github.dyad.experiment.yaml.RecordTree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What varies between the trials of a grid, with the mean AUROC of each. */
final class Parameters {
  private Parameters() {}

  /**
   * @param trials by name
   * @param rows of the results
   * @return {@code keys} that have more than one value, and {@code trials} with their values in
   *     this order, numbers where they are numbers; empty where nothing varies
   */
  static Map<String, Object> of(Map<String, Trial> trials, List<ResultRow> rows) {
    Map<String, Map<String, Object>> flat = new LinkedHashMap<>();
    Map<String, Set<Object>> distinct = new LinkedHashMap<>();
    for (ResultRow row : rows) {
      Trial trial = trials.get(row.get(ResultColumn.TRIAL));
      if (row.isMean() && trial != null) {
        Map<String, Object> values = RecordTree.flat(trial.config());
        flat.put(trial.name(), values);
        values.forEach(
            (key, value) ->
                distinct.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(shown(value)));
      }
    }
    List<String> keys =
        distinct.entrySet().stream()
            .filter(entry -> entry.getValue().size() > 1)
            .map(Map.Entry::getKey)
            .toList();
    List<Map<String, Object>> shown = new ArrayList<>();
    for (ResultRow row : rows) {
      Map<String, Object> values = flat.get(row.get(ResultColumn.TRIAL));
      if (row.isMean() && values != null && !row.get(ResultColumn.IMAGE_AUROC).isEmpty()) {
        shown.add(
            Map.of(
                "name", row.get(ResultColumn.TRIAL),
                "dataset", row.get(ResultColumn.DATASET),
                "auroc", Numbers.of(Numbers.metric(row, ResultColumn.IMAGE_AUROC)),
                "values", keys.stream().map(key -> shown(values.get(key))).toList()));
      }
    }
    return keys.isEmpty() ? Map.of() : Map.of("keys", keys, "trials", shown);
  }

  private static Object shown(Object value) {
    return value instanceof Number ? value : String.valueOf(value);
  }
}
