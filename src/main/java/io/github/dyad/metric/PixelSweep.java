package io.github.dyad.metric;

import java.util.OptionalDouble;

/** All pixel metrics from one descent through the scores. */
final class PixelSweep implements Descent {
  private final ThresholdSweep pixels;
  private final OverlapSweep regions;
  private final DinomalySweep dinomaly;

  /** Totals above 0; the keys are those of the lowest and the highest score. */
  PixelSweep(
      long normalTotal,
      long anomalousTotal,
      long regionTotal,
      double limit,
      int lowestKey,
      int highestKey) {
    pixels = new ThresholdSweep(normalTotal, anomalousTotal);
    regions = new OverlapSweep(normalTotal, regionTotal, limit);
    dinomaly = new DinomalySweep(normalTotal, regionTotal, limit, lowestKey, highestKey);
  }

  @Override
  public void step(int low, int high, long normal, long anomalous, double overlap) {
    pixels.add(normal, anomalous);
    regions.add(normal, overlap);
    dinomaly.add(low, normal, overlap);
  }

  /** Lets the batch tell the order wherever one of the metrics depends on it. */
  void order(PixelBatch batch) {
    // normal pixels alone may come in any order
    batch.orderCells((normal, anomalous, overlap) -> anomalous > 0 && normal + anomalous > 1);
    for (int key : dinomaly.thresholdKeys()) {
      batch.orderCellOf(key);
    }
  }

  double auroc() {
    return pixels.auroc();
  }

  double averagePrecision() {
    return pixels.averagePrecision();
  }

  double f1Max() {
    return pixels.f1Max();
  }

  double iouMax() {
    return pixels.iouMax();
  }

  double aupro() {
    return regions.area();
  }

  OptionalDouble auproDinomaly() {
    return dinomaly.area();
  }
}
