package io.github.dyad.experiment;

import io.github.dyad.experiment.store.Decimals;
import java.util.List;

/**
 * Throughput along a training, about a hundred points, as {@code timings/KEY.csv} holds it. Steps
 * that a checkpoint remembered have no time.
 */
final class StepTimes {
  private static final int POINTS = 100;

  private final int stride;
  private final int images;
  private final long start = System.nanoTime();
  private final CsvTable table = new CsvTable(List.of("step", "seconds", "images_per_second"));
  private long last = start;
  private int since;

  /**
   * @param images of one step
   */
  StepTimes(int iterations, int images) {
    this.stride = (iterations + POINTS - 1) / POINTS;
    this.images = images;
  }

  /** A step that was computed just now; the rate is over the steps since the point before. */
  void add(int step) {
    since++;
    if ((step + 1) % stride == 0) {
      long now = System.nanoTime();
      table.add(
          List.of(
              step,
              Decimals.shortest((now - start) / 1e9),
              Decimals.shortest(1e9 * since * images / Math.max(1, now - last))));
      last = now;
      since = 0;
    }
  }

  String text() {
    return table.text();
  }
}
