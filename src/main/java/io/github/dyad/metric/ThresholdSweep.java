package io.github.dyad.metric;

/**
 * The curve metrics of a binary ranking, summed while the threshold falls from the highest score to
 * the lowest. One {@link #add} per distinct score: all samples of that score pass the threshold
 * together, which makes ties exact.
 *
 * <p>At a threshold TP anomalous and FP normal samples lie at or above it; P and N are there in
 * all.
 */
final class ThresholdSweep {
  private final long normalTotal; // N
  private final long anomalousTotal; // P

  private long truePositives; // TP
  private long falsePositives; // FP
  private double pairs;
  private double precisionSum;
  private double f1Max;

  /** Both totals above 0. */
  ThresholdSweep(long normalTotal, long anomalousTotal) {
    this.normalTotal = normalTotal;
    this.anomalousTotal = anomalousTotal;
  }

  /** Lowers the threshold to the next distinct score, which so many samples of each class have. */
  void add(long normal, long anomalous) {
    // A normal sample counts each anomalous one above it, and half of its equals.
    pairs += normal * (truePositives + 0.5 * anomalous);
    truePositives += anomalous;
    falsePositives += normal;
    if (anomalous > 0) { // else TP stays and FP grows: neither recall nor F1 gains
      double predicted = (double) truePositives + falsePositives;
      precisionSum += anomalous * (truePositives / predicted);
      f1Max = Math.max(f1Max, 2.0 * truePositives / (predicted + anomalousTotal));
    }
  }

  /** P(anomalous score &gt; normal score) + ½ P(equal), the area under the ROC curve. */
  double auroc() {
    return pairs / ((double) normalTotal * anomalousTotal);
  }

  /** Σ (R_k − R_(k−1)) · precision_k: the step-wise area, not the trapezoid's. */
  double averagePrecision() {
    return precisionSum / anomalousTotal;
  }

  /** Largest 2TP / (2TP + FP + FN) over the thresholds. */
  double f1Max() {
    return f1Max;
  }

  /** Largest TP / (TP + FP + FN) over the thresholds: IoU = F1 / (2 − F1) rises with F1. */
  double iouMax() {
    return f1Max / (2 - f1Max);
  }
}
