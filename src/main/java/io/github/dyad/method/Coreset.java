package io.github.dyad.method;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Gemm;
import io.github.dyad.kernel.Kernels;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The greedy k-centre coreset of PatchCore (algorithm 1 of the source): again and again the point
 * that is farthest from those already chosen.
 */
final class Coreset {
  private static final long PROJECTION = 0x636f7265L;
  private static final int BLOCK = 2048; // points of one task, fixed: results know no workers

  private final TrainingFeatures images;
  private final Floats points;
  private final int count;
  private final int width;

  /**
   * @param points (n, width)
   * @param projection dimensions of the random projection; 0, or as many as there are: none
   */
  Coreset(float[] points, int width, int projection, TrainingFeatures images) {
    this.images = images;
    this.count = points.length / width;
    boolean projected = projection > 0 && projection < width;
    this.width = projected ? projection : width;
    this.points = projected ? projected(points, width) : Floats.copyOf(points);
  }

  /**
   * ψ(m): a matrix of independent normal numbers (Johnson, Lindenstrauss); scale does not count.
   */
  private Floats projected(float[] full, int fullWidth) {
    float[] matrix = new float[width * fullWidth];
    SplittableRandom random = new SplittableRandom(images.seed() ^ PROJECTION);
    for (int i = 0; i < matrix.length; i++) { // Box–Muller in StrictMath: one result everywhere
      double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
      matrix[i] = (float) (radius * StrictMath.cos(2 * StrictMath.PI * random.nextDouble()));
    }
    Floats result = Floats.allocate((long) count * width);
    try (Floats x = Floats.copyOf(full);
        Floats w = Floats.copyOf(matrix)) {
      images
          .workers()
          .run(
              blocks(),
              block -> {
                int from = block * BLOCK;
                int rows = Math.min(BLOCK, count - from);
                Gemm.linear(
                    x, from * fullWidth, w, 0, result, from * width, rows, fullWidth, width);
              });
    }
    return result;
  }

  private int blocks() {
    return (count + BLOCK - 1) / BLOCK;
  }

  /** Chosen points, the first one first. */
  int[] greedy(int size) {
    double[] nearest = new double[count]; // squared distance to the chosen
    double[] distances = new double[count];
    int[] farthest = new int[blocks()];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    int[] chosen = new int[size];
    chosen[0] = farthestFromMean();
    for (int i = 1; i < size; i++) {
      int last = chosen[i - 1];
      images
          .workers()
          .run(
              blocks(),
              block -> farthest[block] = approach(block, points, last, nearest, distances));
      chosen[i] = farthest[0];
      for (int point : farthest) {
        chosen[i] = nearest[point] > nearest[chosen[i]] ? point : chosen[i];
      }
      if (i % 64 == 0) {
        images.proceed();
      }
    }
    points.close();
    return chosen;
  }

  /** Takes in a newly chosen point and returns the block's point that is farthest from all. */
  private int approach(int block, Floats to, int row, double[] nearest, double[] distances) {
    int from = block * BLOCK;
    int end = Math.min(from + BLOCK, count);
    Arrays.fill(distances, from, end, 0);
    Kernels.active()
        .squaredDistances(
            points, from * width, width, to, row * width, 0, distances, from, end - from, width);
    int farthest = from;
    for (int p = from; p < end; p++) {
      nearest[p] = Math.min(nearest[p], distances[p]);
      farthest = nearest[p] > nearest[farthest] ? p : farthest;
    }
    return farthest;
  }

  private int farthestFromMean() {
    try (Floats mean = Floats.allocate(width)) {
      Kernels.active().columnSums(points, 0, width, mean, 0, count, width);
      Kernels.active().scale(1f / count, mean, 0, mean, 0, width);
      double[] fresh = new double[count];
      double[] distances = new double[count];
      Arrays.fill(fresh, Double.POSITIVE_INFINITY);
      int farthest = 0;
      for (int block = 0; block < blocks(); block++) {
        int point = approach(block, mean, 0, fresh, distances);
        farthest = fresh[point] > fresh[farthest] ? point : farthest;
      }
      return farthest;
    }
  }
}
