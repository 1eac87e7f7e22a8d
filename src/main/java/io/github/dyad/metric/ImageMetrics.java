package io.github.dyad.metric;

import io.github.dyad.InputException;
import java.util.Arrays;
import java.util.Collection;

/**
 * The three image metrics of anomaly detection, fractions in [0, 1], exact for any number of ties:
 * equal to scikit-learn's {@code roc_auc_score} and {@code average_precision_score}, and to the
 * largest F1 over the thresholds of its {@code precision_recall_curve}. O(n log n).
 *
 * <p>A score may be infinite (the log of a probability 0 is −∞) and then ties with its like, where
 * scikit-learn refuses it. All methods throw {@link InputException} when a score is NaN or one of
 * the two classes has no sample: the metrics are undefined then.
 *
 * @param auroc area under the ROC curve
 * @param averagePrecision Σ (R_k − R_(k−1)) · precision_k
 * @param f1Max largest F1 over all thresholds
 */
public record ImageMetrics(double auroc, double averagePrecision, double f1Max) {

  /**
   * @param scores (n), higher is more anomalous
   * @param anomalous (n), true for an anomalous image
   */
  public static ImageMetrics of(double[] scores, boolean[] anomalous) {
    ThresholdSweep sweep = sweep(scores, anomalous);
    return new ImageMetrics(sweep.auroc(), sweep.averagePrecision(), sweep.f1Max());
  }

  /** The AUROC alone; as {@link #of}. */
  public static double auroc(double[] scores, boolean[] anomalous) {
    return sweep(scores, anomalous).auroc();
  }

  /** The average precision alone; as {@link #of}. */
  public static double averagePrecision(double[] scores, boolean[] anomalous) {
    return sweep(scores, anomalous).averagePrecision();
  }

  /** The largest F1 alone; as {@link #of}. */
  public static double f1Max(double[] scores, boolean[] anomalous) {
    return sweep(scores, anomalous).f1Max();
  }

  /** The plain mean of each metric, as over categories; at least one element. */
  public static ImageMetrics mean(Collection<ImageMetrics> metrics) {
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException("a mean of no metrics");
    }
    double n = metrics.size();
    return new ImageMetrics(
        metrics.stream().mapToDouble(ImageMetrics::auroc).sum() / n,
        metrics.stream().mapToDouble(ImageMetrics::averagePrecision).sum() / n,
        metrics.stream().mapToDouble(ImageMetrics::f1Max).sum() / n);
  }

  private static ThresholdSweep sweep(double[] scores, boolean[] anomalous) {
    if (scores.length != anomalous.length) {
      throw new IllegalArgumentException(
          scores.length + " scores but " + anomalous.length + " labels");
    }
    double[] high = ofClass(scores, anomalous, true);
    double[] low = ofClass(scores, anomalous, false);
    if (high.length == 0 || low.length == 0) {
      throw new InputException(
          "AUROC, AP and F1-max need normal and anomalous samples; of "
              + scores.length
              + " samples "
              + high.length
              + (high.length == 1 ? " is" : " are")
              + " anomalous");
    }
    Arrays.sort(high);
    Arrays.sort(low);
    ThresholdSweep sweep = new ThresholdSweep(low.length, high.length);
    int h = high.length - 1;
    int l = low.length - 1;
    while (h >= 0 || l >= 0) {
      double threshold =
          Math.max(
              h >= 0 ? high[h] : Double.NEGATIVE_INFINITY,
              l >= 0 ? low[l] : Double.NEGATIVE_INFINITY);
      int hBelow = h;
      while (hBelow >= 0 && high[hBelow] == threshold) {
        hBelow--;
      }
      int lBelow = l;
      while (lBelow >= 0 && low[lBelow] == threshold) {
        lBelow--;
      }
      sweep.add(l - lBelow, h - hBelow);
      h = hBelow;
      l = lBelow;
    }
    return sweep;
  }

  private static double[] ofClass(double[] scores, boolean[] anomalous, boolean wanted) {
    double[] chosen = new double[scores.length];
    int count = 0;
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new InputException(
            "score " + (i + 1) + " of " + scores.length + " is NaN; metrics need numbers");
      }
      if (anomalous[i] == wanted) {
        chosen[count++] = scores[i];
      }
    }
    return Arrays.copyOf(chosen, count);
  }
}
