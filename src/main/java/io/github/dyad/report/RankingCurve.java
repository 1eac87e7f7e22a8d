package io.github.dyad.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * ROC and precision–recall curve of one row, thinned to what a screen can show.
 *
 * @param roc (false-positive rate, recall), from (0, 0) to (1, 1)
 * @param precisionRecall (recall, precision), recall rising
 */
record RankingCurve(List<double[]> roc, List<double[]> precisionRecall) {
  private static final int POINTS = 120;

  /**
   * @param ranks (n), higher is more anomalous; images of equal rank are one threshold
   */
  static RankingCurve of(double[] ranks, boolean[] anomalous) {
    Integer[] order = new Integer[ranks.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> ranks[i]).reversed());
    int positives = 0;
    for (boolean a : anomalous) {
      positives += a ? 1 : 0;
    }
    double negatives = ranks.length - positives;
    List<double[]> roc = new ArrayList<>(List.of(new double[] {0, 0}));
    List<double[]> precisionRecall = new ArrayList<>();
    int hits = 0;
    for (int k = 0; k < order.length; k++) {
      hits += anomalous[order[k]] ? 1 : 0;
      if (k + 1 == order.length || ranks[order[k]] != ranks[order[k + 1]]) {
        double recall = (double) hits / positives;
        roc.add(new double[] {(k + 1 - hits) / negatives, recall});
        precisionRecall.add(new double[] {recall, (double) hits / (k + 1)});
      }
    }
    return new RankingCurve(thinned(roc), thinned(precisionRecall));
  }

  /** The first, the last, and of the others those that are a step away from the one before. */
  private static List<double[]> thinned(List<double[]> points) {
    List<double[]> kept = new ArrayList<>();
    double least = 1.0 / POINTS;
    for (int i = 0; i < points.size(); i++) {
      double[] point = points.get(i);
      double[] last = kept.isEmpty() ? null : kept.get(kept.size() - 1);
      if (last == null
          || i == points.size() - 1
          || Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) >= least) {
        kept.add(point);
      }
    }
    return kept;
  }
}
