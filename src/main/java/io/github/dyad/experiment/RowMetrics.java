package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.ImageScore;
import io.github.dyad.data.Sample;
import io.github.dyad.experiment.DataConfig.LocoAuroc;
import io.github.dyad.metric.ImageMetrics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The metrics of one row from its images' scores. */
final class RowMetrics {
  static final String LOCO = "mvtec-loco";

  /** The folders of MVTec-LOCO, which are its samples' defects. */
  private static final List<String> LOCO_KINDS =
      List.of("logical_anomalies", "structural_anomalies");

  private RowMetrics() {}

  /**
   * @param ranks (images), {@link ImageScore#rank}
   * @throws InputException when only normal or only anomalous images are there
   */
  static Map<ResultColumn, Double> of(
      String dataset, LocoAuroc loco, List<Sample> images, double[] ranks) {
    if (!dataset.equals(LOCO) || loco == LocoAuroc.POOLED) {
      return over(images, ranks, sample -> true);
    }
    Map<ResultColumn, Double> mean = new EnumMap<>(ResultColumn.class);
    for (String kind : LOCO_KINDS) {
      over(images, ranks, sample -> !sample.anomalous() || sample.defect().equals(kind))
          .forEach((column, value) -> mean.merge(column, value / LOCO_KINDS.size(), Double::sum));
    }
    return mean;
  }

  private static Map<ResultColumn, Double> over(
      List<Sample> images, double[] ranks, Predicate<Sample> taken) {
    int[] chosen =
        java.util.stream.IntStream.range(0, ranks.length)
            .filter(i -> taken.test(images.get(i)))
            .toArray();
    double[] scores = new double[chosen.length];
    boolean[] anomalous = new boolean[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      scores[i] = ranks[chosen[i]];
      anomalous[i] = images.get(chosen[i]).anomalous();
    }
    ImageMetrics metrics = ImageMetrics.of(scores, anomalous);
    Map<ResultColumn, Double> values = new EnumMap<>(ResultColumn.class);
    values.put(ResultColumn.IMAGE_AUROC, metrics.auroc());
    values.put(ResultColumn.IMAGE_AP, metrics.averagePrecision());
    values.put(ResultColumn.IMAGE_F1_MAX, metrics.f1Max());
    return values;
  }
}
