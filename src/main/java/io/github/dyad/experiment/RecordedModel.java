package io.github.dyad.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.store.WholeFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The model behind a trial of a results folder, and how the trial made its scores.
 *
 * @param folder of the model
 * @param anomaly the trial's options
 */
public record RecordedModel(Path folder, AnomalyConfig anomaly) {

  /**
   * @param trial its name, as in {@code results.csv}
   * @param split a row of the trial; null where all rows share one model
   * @throws InputException when the folder has no such trial, or the split is needed or unknown
   */
  public static RecordedModel find(ResultsFolder results, String trial, String split) {
    JsonNode manifest =
        WholeFile.read(results.manifest())
            .flatMap(Json::parse)
            .orElseThrow(
                () ->
                    new InputException(
                        results.root()
                            + " has no manifest.json; expected a folder that dyad run wrote"));
    AnomalyConfig anomaly =
        RecordedTrials.read(results).trials().stream()
            .filter(recorded -> recorded.name().equals(trial))
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        results.root() + " has no trial " + trial + "; see its results.csv"))
            .config()
            .anomaly();
    Map<String, String> keys = new LinkedHashMap<>();
    for (JsonNode recorded : manifest.get(Manifest.TRIALS)) {
      if (recorded.path(Manifest.NAME).asText().equals(trial)) {
        recorded
            .path("rows")
            .forEach(row -> keys.put(row.path("split").asText(), row.path("training").asText()));
      }
    }
    String key = split == null ? only(keys, trial) : keys.get(split);
    if (key == null) {
      throw new InputException(
          "--split is " + split + "; expected one of " + String.join(", ", keys.keySet()));
    }
    return new RecordedModel(results.model(key), anomaly);
  }

  private static String only(Map<String, String> keys, String trial) {
    if (keys.values().stream().distinct().count() != 1) {
      throw new InputException(
          trial
              + (keys.isEmpty() ? " has no finished row yet" : " has several models")
              + (keys.isEmpty()
                  ? ""
                  : "; expected --split with one of " + String.join(", ", keys.keySet())));
    }
    return keys.values().iterator().next();
  }
}
