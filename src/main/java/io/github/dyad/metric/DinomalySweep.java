package io.github.dyad.metric;

import java.util.OptionalDouble;

/**
 * AUPRO as the Dinomaly code takes it: 200 thresholds min + i · (max − min)/200, i = 0..199, a
 * pixel counts when its score lies above the threshold; the points with a false-positive rate below
 * the limit are kept, their rates divided by the largest kept one, and joined by trapezoids. No
 * point (0, 0) is added. Thresholds are taken in double precision, where that code has float32.
 */
final class DinomalySweep {
  private static final int THRESHOLDS = 200;

  private final double normalTotal;
  private final double regionTotal;
  private final double limit;
  private final int[] thresholdKey = new int[THRESHOLDS];
  private final boolean defined;

  private int next = THRESHOLDS - 1;
  private double falsePositives;
  private double overlap;
  private int points;
  private double xLast;
  private double yLast;
  private double area;

  DinomalySweep(
      double normalTotal, double regionTotal, double limit, int lowestKey, int highestKey) {
    this.normalTotal = normalTotal;
    this.regionTotal = regionTotal;
    this.limit = limit;
    double lowest = ScoreKeys.score(lowestKey);
    double step = (ScoreKeys.score(highestKey) - lowest) / THRESHOLDS;
    this.defined = step > 0 && Double.isFinite(step);
    for (int i = 0; i < THRESHOLDS && defined; i++) {
      thresholdKey[i] = ScoreKeys.atMost(lowest + i * step);
    }
  }

  /** The scores at which the curve is read, as keys: none if the rule is not defined. */
  int[] thresholdKeys() {
    return defined ? thresholdKey : new int[0];
  }

  void add(int key, long normal, double overlapGain) {
    while (defined && next >= 0 && key <= thresholdKey[next]) {
      addPoint(falsePositives / normalTotal, overlap / regionTotal);
      next--;
    }
    falsePositives += normal;
    overlap += overlapGain;
  }

  private void addPoint(double x, double y) {
    if (x < limit) {
      area += points == 0 ? 0 : (x - xLast) * (y + yLast) / 2;
      xLast = x;
      yLast = y;
      points++;
    }
  }

  /** Empty where the rule divides by 0: no kept threshold has a false positive. */
  OptionalDouble area() {
    return xLast > 0 ? OptionalDouble.of(area / xLast) : OptionalDouble.empty();
  }
}
