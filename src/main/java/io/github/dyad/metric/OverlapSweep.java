package io.github.dyad.metric;

/**
 * Area under the per-region-overlap curve up to a false-positive rate, divided by that rate: the
 * rule of MVTec's evaluation. The curve starts at (0, 0) and is a polyline through one point per
 * distinct score, interpolated linearly at the limit.
 */
final class OverlapSweep {
  private final double normalTotal;
  private final double regionTotal;
  private final double limit;

  private double falsePositives;
  private double overlap;
  private double area;

  OverlapSweep(double normalTotal, double regionTotal, double limit) {
    this.normalTotal = normalTotal;
    this.regionTotal = regionTotal;
    this.limit = limit;
  }

  void add(long normal, double overlapGain) {
    double x = falsePositives / normalTotal;
    double y = overlap / regionTotal;
    falsePositives += normal;
    overlap += overlapGain;
    if (x < limit && normal > 0) {
      double xNext = falsePositives / normalTotal;
      double yNext = overlap / regionTotal;
      if (xNext > limit) {
        yNext = y + (yNext - y) * (limit - x) / (xNext - x);
        xNext = limit;
      }
      area += (xNext - x) * (y + yNext) / 2;
    }
  }

  double area() {
    return area / limit;
  }
}
