package io.github.dyad.report;

import java.util.Arrays;

/** How wrong a score is: the share of the other class's images that are on the wrong side of it. */
final class Wrongness {
  private Wrongness() {}

  /**
   * For an anomalous image the share of normal images that rank at least as high, for a normal one
   * the share of anomalous images that rank at most as high; their mean is 1 − AUROC where no two
   * ranks are equal.
   *
   * @return (n), each from 0, right, to 1
   */
  static double[] of(double[] ranks, boolean[] anomalous) {
    double[] normals = sorted(ranks, anomalous, false);
    double[] anomalies = sorted(ranks, anomalous, true);
    double[] wrong = new double[ranks.length];
    for (int i = 0; i < ranks.length; i++) {
      wrong[i] =
          anomalous[i]
              ? (normals.length - below(normals, ranks[i], false)) / (double) normals.length
              : below(anomalies, ranks[i], true) / (double) anomalies.length;
    }
    return wrong;
  }

  private static double[] sorted(double[] ranks, boolean[] anomalous, boolean wanted) {
    double[] chosen = new double[ranks.length];
    int count = 0;
    for (int i = 0; i < ranks.length; i++) {
      if (anomalous[i] == wanted) {
        chosen[count++] = ranks[i];
      }
    }
    double[] result = Arrays.copyOf(chosen, count);
    Arrays.sort(result);
    return result;
  }

  /** How many are smaller, or at most equal. */
  private static int below(double[] sorted, double value, boolean orEqual) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) / 2;
      if (sorted[middle] < value || orEqual && sorted[middle] == value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
