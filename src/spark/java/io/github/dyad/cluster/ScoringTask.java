package io.github.dyad.cluster;

import io.github.dyad.Extensions;
import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.Fusion;
import io.github.dyad.data.ImageRef;
import io.github.dyad.experiment.Cluster.ScoringOrder;
import io.github.dyad.experiment.Detector;
import io.github.dyad.experiment.store.Sha256;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Some images to be scored, as they travel to an executor.
 *
 * @param recordSha256 of the model's {@code training.json}, which holds the checksums of its files
 * @param images paths
 */
record ScoringTask(
    String model,
    String recordSha256,
    AnomalyOptions config,
    double quantile,
    List<String> images,
    int workers)
    implements Serializable {

  /** Models stay open between the tasks of an executor; none serves two threads at once. */
  private static final Map<Opened, Queue<Detector>> IDLE = new ConcurrentHashMap<>();

  private record Opened(String model, String sha256, AnomalyOptions config, double quantile) {}

  /** {@link AnomalyConfig} as it travels. */
  record AnomalyOptions(
      AnomalyConfig.ClassTokens classTokens,
      String fusion,
      AnomalyConfig.DecoderScore decoderScore,
      double topShare,
      double temperature,
      int mapSize,
      int gaussianSize,
      double gaussianSigma)
      implements Serializable {
    static AnomalyOptions of(AnomalyConfig c) {
      return new AnomalyOptions(
          c.classTokens(),
          c.fusion().name(),
          c.decoderScore(),
          c.topShare(),
          c.temperature(),
          c.mapSize(),
          c.gaussianSize(),
          c.gaussianSigma());
    }

    AnomalyConfig config() {
      return new AnomalyConfig(
          classTokens,
          Extensions.named(Fusion.class, "fusion", fusion),
          decoderScore,
          topShare,
          temperature,
          mapSize,
          gaussianSize,
          gaussianSigma);
    }
  }

  /** One image's score. */
  record Row(double score, double threshold, boolean anomalous) implements Serializable {}

  /**
   * @param rows of the first images
   * @param problem with the image after these; null if there was none
   */
  record Answer(List<Row> rows, String problem) implements Serializable {}

  static ScoringTask of(ScoringOrder order, List<Path> images, int workers) {
    Path model = order.model().toAbsolutePath();
    return new ScoringTask(
        model.toString(),
        recordSha256(model),
        AnomalyOptions.of(order.config()),
        order.quantile(),
        images.stream().map(image -> image.toAbsolutePath().toString()).toList(),
        workers);
  }

  private static String recordSha256(Path model) {
    return Sha256.of(model.resolve("training.json"));
  }

  /** On the executor. */
  Answer run(String host) {
    List<Row> rows = new ArrayList<>();
    Opened key = new Opened(model, recordSha256, config, quantile);
    Queue<Detector> idle = IDLE.computeIfAbsent(key, k -> new ConcurrentLinkedQueue<>());
    try {
      Detector detector = idle.poll();
      if (detector == null) {
        if (!recordSha256(Path.of(model)).equals(recordSha256)) {
          throw new InputException(model + ": on " + host + " this is not the driver's model");
        }
        detector = Detector.load(Path.of(model), config.config(), quantile, workers);
      }
      try {
        for (String image : images) {
          Detector.Detection detection = detector.score(ImageRef.file(Path.of(image)));
          rows.add(new Row(detection.score(), detection.threshold(), detection.anomalous()));
        }
      } finally {
        idle.add(detector);
      }
      return new Answer(rows, null);
    } catch (InputException e) {
      return new Answer(rows, e.getMessage());
    }
  }
}
