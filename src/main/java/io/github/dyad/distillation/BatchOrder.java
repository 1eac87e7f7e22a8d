package io.github.dyad.distillation;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Which training images a step sees, by their index. */
public interface BatchOrder {
  /** Images of every step. */
  int batchSize();

  /** Image indices of a step from 0. */
  int[] at(int step);

  /** The given batches, equally long, one a step. */
  static BatchOrder listed(List<int[]> batches) {
    return new BatchOrder() {
      @Override
      public int batchSize() {
        return batches.get(0).length;
      }

      @Override
      public int[] at(int step) {
        return batches.get(step);
      }
    };
  }

  /**
   * Every epoch a new permutation, cut into batches, the rest dropped: a function of (seed, step).
   *
   * @param images indices to choose from
   * @param batch images a step; more than there are images counts as their number
   */
  static BatchOrder shuffled(int[] images, int batch, long seed) {
    int size = Math.min(batch, images.length);
    int stepsPerEpoch = images.length / size;
    return new BatchOrder() {
      private int epoch = -1;
      private int[] order;

      @Override
      public int batchSize() {
        return size;
      }

      @Override
      public int[] at(int step) {
        if (step / stepsPerEpoch != epoch) {
          epoch = step / stepsPerEpoch;
          order = permutation(images, seed * 0x9e3779b97f4a7c15L + epoch);
        }
        int from = step % stepsPerEpoch * size;
        return Arrays.copyOfRange(order, from, from + size);
      }
    };
  }

  /** Fisher–Yates, inside out. */
  static int[] permutation(int[] images, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] all = new int[images.length];
    for (int i = 0; i < images.length; i++) {
      int j = random.nextInt(i + 1);
      all[i] = all[j];
      all[j] = images[i];
    }
    return all;
  }
}
