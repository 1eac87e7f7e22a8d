package io.github.dyad.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dyad.experiment.store.Json;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a finished row.
 *
 * @param key {@link Grid.PlannedRow#key}; another key: the row is of an older experiment file
 * @param metrics its measured columns
 * @param extra those of one's own metrics, by name
 * @param training how the weights came about
 * @param scoresSha256 checksum of its scores
 * @param timing how long it took
 * @param environment where it was scored
 */
record LedgerEntry(
    String key,
    Map<ResultColumn, Double> metrics,
    Map<String, Double> extra,
    TrainedModel training,
    String scoresSha256,
    Timing timing,
    Map<String, String> trainedIn,
    Map<String, String> environment) {

  /**
   * @param trainSeconds time of the training steps that were computed
   * @param trainSteps number of these
   * @param scoreSeconds time to score the row's images
   * @param millisPerImage median by the protocol
   * @param protocol how that was measured
   */
  record Timing(
      double trainSeconds,
      int trainSteps,
      double scoreSeconds,
      double millisPerImage,
      TimingProtocol protocol) {}

  String toJson() {
    Map<String, Object> values = new LinkedHashMap<>();
    metrics.forEach((column, value) -> values.put(column.header(), value));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("key", key);
    tree.put("metrics", values);
    if (!extra.isEmpty()) {
      tree.put("extra_metrics", extra);
    }
    tree.put("parameters", training.parameters());
    tree.put("iterations", training.iterations());
    tree.put("scores_sha256", scoresSha256);
    tree.put("train_seconds", timing.trainSeconds);
    tree.put("train_steps", timing.trainSteps);
    tree.put("score_seconds", timing.scoreSeconds);
    tree.put("ms_per_image", timing.millisPerImage);
    tree.put("warm_up", timing.protocol.warmUp());
    tree.put("timed", timing.protocol.timed());
    tree.put("trained_in", trainedIn);
    tree.put("scored_in", environment);
    return Json.pretty(tree);
  }

  /** Empty where the text is no entry. */
  static Optional<LedgerEntry> parse(String text) {
    return Json.parse(text).filter(json -> json.hasNonNull("scored_in")).map(LedgerEntry::of);
  }

  private static LedgerEntry of(JsonNode json) {
    Map<ResultColumn, Double> metrics = new EnumMap<>(ResultColumn.class);
    for (ResultColumn column : ResultColumn.values()) {
      if (json.path("metrics").hasNonNull(column.header())) {
        metrics.put(column, json.path("metrics").path(column.header()).asDouble());
      }
    }
    Map<String, Double> extra = new LinkedHashMap<>();
    json.path("extra_metrics")
        .properties()
        .forEach(entry -> extra.put(entry.getKey(), entry.getValue().asDouble()));
    return new LedgerEntry(
        json.path("key").asText(),
        metrics,
        extra,
        new TrainedModel(json.path("parameters").asLong(), json.path("iterations").asInt()),
        json.path("scores_sha256").asText(),
        new Timing(
            json.path("train_seconds").asDouble(),
            json.path("train_steps").asInt(),
            json.path("score_seconds").asDouble(),
            json.path("ms_per_image").asDouble(),
            new TimingProtocol(json.path("warm_up").asInt(), json.path("timed").asInt())),
        strings(json.path("trained_in")),
        strings(json.path("scored_in")));
  }

  static Map<String, String> strings(JsonNode object) {
    Map<String, String> strings = new LinkedHashMap<>();
    object.properties().forEach(entry -> strings.put(entry.getKey(), entry.getValue().asText()));
    return strings;
  }
}
