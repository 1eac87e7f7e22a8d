package io.github.dyad.report;

/**
 * Shares of normal and of anomalous images by score, each adding up to 1.
 *
 * @param from lower edge of the first bin
 * @param width of a bin
 */
record Histogram(double from, double width, double[] normal, double[] anomalous) {
  private static final int BINS = 32;

  /** Over the range of all scores. */
  static Histogram of(double[] scores, boolean[] anomalous) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      least = Math.min(least, score);
      most = Math.max(most, score);
    }
    double width = most > least ? (most - least) / BINS : 1;
    double[][] counts = new double[2][BINS];
    double[] totals = new double[2];
    for (int i = 0; i < scores.length; i++) {
      int label = anomalous[i] ? 1 : 0;
      counts[label][Math.min(BINS - 1, (int) ((scores[i] - least) / width))]++;
      totals[label]++;
    }
    for (int label = 0; label < 2; label++) {
      for (int bin = 0; bin < BINS && totals[label] > 0; bin++) {
        counts[label][bin] /= totals[label];
      }
    }
    return new Histogram(least, width, counts[0], counts[1]);
  }
}
