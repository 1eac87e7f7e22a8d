package io.github.dyad.experiment;

import java.util.Arrays;
import java.util.List;

/**
 * Time of one image, batch 1, after decoding: the median over {@code timed} runs that follow {@code
 * warmUp} runs (the paper's Table 5).
 *
 * @param warmUp runs that are not timed
 * @param timed runs that are
 */
public record TimingProtocol(int warmUp, int timed) {
  public static final TimingProtocol PAPER = new TimingProtocol(50, 200);

  /** Shows that timing works, and takes no time. */
  public static final TimingProtocol SMOKE = new TimingProtocol(2, 5);

  /**
   * @param images each scores one image; taken in turn
   * @return milliseconds
   */
  double medianMillis(List<Runnable> images) {
    double[] millis = new double[timed];
    for (int i = -warmUp; i < timed; i++) {
      Runnable image = images.get(Math.floorMod(i, images.size()));
      long start = System.nanoTime();
      image.run();
      if (i >= 0) {
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    Arrays.sort(millis);
    return (millis[(timed - 1) / 2] + millis[timed / 2]) / 2;
  }
}
