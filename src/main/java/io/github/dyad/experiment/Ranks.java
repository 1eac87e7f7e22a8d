package io.github.dyad.experiment;

import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.ImageScore;
import io.github.dyad.anomaly.RawScores;
import java.util.List;

/** Scores of a row as plain arrays. */
public final class Ranks {
  private Ranks() {}

  /**
   * What orders the images: the Noisy-OR's printed probability saturates, its logarithm does not.
   *
   * @param config how the trial fuses, or null where that is not known
   */
  public static double[] of(List<ScoredImage> images, AnomalyConfig config) {
    return images.stream()
        .mapToDouble(image -> config == null ? image.score() : rank(image, config))
        .toArray();
  }

  private static double rank(ScoredImage image, AnomalyConfig config) {
    if (Double.isNaN(image.encoderLast()) && Double.isNaN(image.decoder())) {
      return image.score(); // a method without students
    }
    RawScores raw =
        new RawScores(image.encoderLast(), image.encoderAll(), image.decoder(), image.decoder());
    return ImageScore.of(raw, config).rank();
  }

  public static boolean[] labels(List<ScoredImage> images) {
    boolean[] anomalous = new boolean[images.size()];
    for (int i = 0; i < anomalous.length; i++) {
      anomalous[i] = images.get(i).anomalous();
    }
    return anomalous;
  }
}
