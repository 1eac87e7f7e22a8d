package io.github.dyad.distillation;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The normal training images that a model is not trained on, because its threshold comes from them.
 *
 * @param trained indices of the images that are trained on, known anomalies included
 * @param heldBack indices of the others
 */
public record HeldBack(int[] trained, int[] heldBack) {
  /** With fewer images left, none is held back. */
  private static final int FEWEST = 20;

  private static final long SALT = 0x68656c64L;

  /** How many of so many normal images are held back. */
  public static int count(int normals, TrainingConfig config) {
    int count = (int) (normals * config.holdBack());
    return normals - count < FEWEST ? 0 : count;
  }

  public static HeldBack of(TrainingImages images, TrainingConfig config) {
    int[] normals = IntStream.range(0, images.count()).filter(i -> !images.anomalous(i)).toArray();
    int count = count(normals.length, config);
    int[] shuffled = BatchOrder.permutation(normals, config.seed() ^ SALT);
    int[] heldBack = Arrays.copyOf(shuffled, count);
    Arrays.sort(heldBack);
    int[] trained =
        IntStream.range(0, images.count())
            .filter(i -> Arrays.binarySearch(heldBack, i) < 0)
            .toArray();
    return new HeldBack(trained, heldBack);
  }
}
