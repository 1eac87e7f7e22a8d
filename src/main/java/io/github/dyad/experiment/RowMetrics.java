package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.ImageScore;
import io.github.dyad.data.Sample;
import io.github.dyad.experiment.DataConfig.LocoAuroc;
import io.github.dyad.experiment.Grid.PlannedRow;
import io.github.dyad.metric.ImageMetrics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The image metrics of one row from its images' scores, by the protocol of its data set. */
final class RowMetrics {
  static final String LOCO = "mvtec-loco";

  private static final String LOGICAL = "logical_anomalies"; // folders, which are the defects
  private static final String STRUCTURAL = "structural_anomalies";

  private RowMetrics() {}

  /**
   * @param ranks (images), {@link ImageScore#rank}
   * @throws InputException when only normal or only anomalous images are there
   */
  static Map<ResultColumn, Double> of(
      String dataset, LocoAuroc loco, PlannedRow row, double[] ranks) {
    Map<ResultColumn, Double> values = new EnumMap<>(ResultColumn.class);
    if (dataset.equals(LOCO)) {
      loco(loco, row.test(), ranks, values);
    } else {
      put(values, over(row.test(), ranks, sample -> true));
    }
    samples(row, ranks)
        .ifPresent(
            metrics -> {
              values.put(ResultColumn.SAMPLE_AUROC, metrics.auroc());
              values.put(ResultColumn.SAMPLE_AP, metrics.averagePrecision());
              values.put(ResultColumn.SAMPLE_F1_MAX, metrics.f1Max());
            });
    return values;
  }

  /** Each kind of anomaly against all normal images; the row is their mean, or all pooled. */
  private static void loco(
      LocoAuroc rule, List<Sample> images, double[] ranks, Map<ResultColumn, Double> values) {
    boolean both =
        Stream.of(LOGICAL, STRUCTURAL)
            .allMatch(kind -> images.stream().anyMatch(sample -> sample.defect().equals(kind)));
    if (rule == LocoAuroc.POOLED) {
      put(values, over(images, ranks, sample -> true));
      if (!both) {
        return;
      }
    }
    ImageMetrics logical = over(images, ranks, kind(LOGICAL));
    ImageMetrics structural = over(images, ranks, kind(STRUCTURAL));
    values.put(ResultColumn.IMAGE_AUROC_LOGICAL, logical.auroc());
    values.put(ResultColumn.IMAGE_AUROC_STRUCTURAL, structural.auroc());
    if (rule == LocoAuroc.MEAN) {
      put(values, ImageMetrics.mean(List.of(logical, structural)));
    }
  }

  private static Predicate<Sample> kind(String defect) {
    return sample -> !sample.anomalous() || sample.defect().equals(defect);
  }

  private static void put(Map<ResultColumn, Double> values, ImageMetrics metrics) {
    values.put(ResultColumn.IMAGE_AUROC, metrics.auroc());
    values.put(ResultColumn.IMAGE_AP, metrics.averagePrecision());
    values.put(ResultColumn.IMAGE_F1_MAX, metrics.f1Max());
  }

  private static ImageMetrics over(List<Sample> images, double[] ranks, Predicate<Sample> taken) {
    int[] chosen =
        IntStream.range(0, ranks.length).filter(i -> taken.test(images.get(i))).toArray();
    double[] scores = new double[chosen.length];
    boolean[] anomalous = new boolean[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      scores[i] = ranks[chosen[i]];
      anomalous[i] = images.get(chosen[i]).anomalous();
    }
    return ImageMetrics.of(scores, anomalous);
  }

  /** One object seen in several images. */
  private static final class Views {
    private double worst = Double.NEGATIVE_INFINITY;
    private boolean anomalous;
  }

  /**
   * Over objects: an object's score is the largest of its views', and it is anomalous when a view
   * is. Empty where every image is an object of its own, or all objects are of one kind.
   */
  private static Optional<ImageMetrics> samples(PlannedRow row, double[] ranks) {
    Map<String, Views> objects = new LinkedHashMap<>();
    for (int i = 0; i < ranks.length; i++) {
      Views views = objects.computeIfAbsent(row.groups().get(i), group -> new Views());
      views.worst = Math.max(views.worst, ranks[i]);
      views.anomalous |= row.test().get(i).anomalous();
    }
    List<Views> all = new ArrayList<>(objects.values());
    long defective = all.stream().filter(views -> views.anomalous).count();
    if (all.size() == ranks.length || defective == 0 || defective == all.size()) {
      return Optional.empty();
    }
    double[] scores = all.stream().mapToDouble(views -> views.worst).toArray();
    boolean[] anomalous = new boolean[scores.length];
    for (int i = 0; i < scores.length; i++) {
      anomalous[i] = all.get(i).anomalous;
    }
    return Optional.of(ImageMetrics.of(scores, anomalous));
  }
}
