package io.github.dyad.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dyad.InputException;
import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.store.WholeFile;
import io.github.dyad.experiment.yaml.Node;
import io.github.dyad.experiment.yaml.Place;
import io.github.dyad.experiment.yaml.RecordBinder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a results folder's manifest says was run, without the experiment file, which may have
 * changed since.
 *
 * @param experiment name and place; it has no trials of its own
 * @param trials fully resolved, in the manifest's order
 */
public record RecordedTrials(Experiment experiment, List<Trial> trials) {
  public RecordedTrials {
    trials = List.copyOf(trials);
  }

  /**
   * @throws InputException when there is no readable manifest, or it is of another version of Dyad
   */
  public static RecordedTrials read(ResultsFolder folder) {
    JsonNode manifest =
        WholeFile.read(folder.manifest())
            .flatMap(Json::parse)
            .filter(json -> json.path(Manifest.TRIALS).isArray())
            .orElseThrow(
                () ->
                    new InputException(
                        folder.manifest()
                            + " is missing or damaged; expected a folder that dyad run wrote"));
    if (!manifest.hasNonNull(Manifest.FILE)) {
      throw new InputException(
          folder.manifest() + " does not name its experiment file; the same dyad run adds it");
    }
    List<Trial> trials = new ArrayList<>();
    for (JsonNode trial : manifest.get(Manifest.TRIALS)) {
      trials.add(
          new Trial(
              trial.path(Manifest.NAME).asText(),
              RecordBinder.bind(
                  TrialConfig.DEFAULTS,
                  section(trial.path(Manifest.CONFIGURATION), place(folder)))));
    }
    return new RecordedTrials(
        Experiment.named(
            manifest.path(Manifest.EXPERIMENT).asText(),
            folder
                .root()
                .toAbsolutePath()
                .resolve(manifest.get(Manifest.FILE).asText())
                .normalize()),
        trials);
  }

  private static Place place(ResultsFolder folder) {
    return new Place(folder.manifest().toString(), 1);
  }

  /** What is left out, such as a root that was not given, is empty in the manifest. */
  private static Node.Mapping section(JsonNode json, Place place) {
    Map<String, Node> entries = new LinkedHashMap<>();
    json.properties()
        .forEach(
            entry -> {
              if (!entry.getValue().isTextual() || !entry.getValue().textValue().isEmpty()) {
                entries.put(entry.getKey(), node(entry.getValue(), place));
              }
            });
    return new Node.Mapping(place, entries);
  }

  private static Node node(JsonNode json, Place place) {
    if (json.isObject()) {
      return section(json, place);
    }
    if (json.isArray()) {
      List<Node> items = new ArrayList<>();
      json.forEach(item -> items.add(node(item, place)));
      return new Node.Sequence(place, items);
    }
    return new Node.Scalar(place, json.asText());
  }

  /** The images of every trial, where they still are what they were. */
  public Grid plan(GridPlanner planner) {
    return planner.plan(experiment, trials);
  }
}
