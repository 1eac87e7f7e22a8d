package io.github.dyad.method;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Gemm;
import io.github.dyad.kernel.Kernels;
import java.util.Arrays;

/**
 * Exact nearest neighbours among remembered rows. Distances come from one matrix product, ‖q‖² +
 * ‖r‖² − 2 q·r in float32; the nearest few of these are measured again in double precision, so that
 * the cancellation reaches neither order nor distance. Any number of threads may search.
 */
final class Memory {
  private static final int BLOCK = 4096; // rows of one product
  private static final int SPARE = 8; // candidates beyond those asked for

  private final float[] rows;
  private final Floats copy;
  private final float[] squares;
  private final int count;
  private final int width;

  /**
   * @param rows (n, width)
   */
  Memory(float[] rows, int width) {
    this.rows = rows;
    this.width = width;
    this.count = rows.length / width;
    this.copy = Floats.copyOf(rows);
    this.squares = new float[count];
    for (int r = 0; r < count; r++) {
      squares[r] = (float) Kernels.active().sumOfSquares(copy, r * width, width);
    }
  }

  int count() {
    return count;
  }

  /**
   * A query's neighbours, the nearest first; of equal ones the lower row.
   *
   * @param rows in the memory
   * @param distances Euclidean
   */
  record Neighbours(int[] rows, double[] distances) {}

  /**
   * @param queries (m, width)
   * @param k neighbours of each; at most all rows
   * @return m results
   */
  Neighbours[] nearest(float[] queries, int k) {
    int m = queries.length / width;
    int wanted = Math.min(k, count);
    Nearest[] candidates = new Nearest[m];
    for (int q = 0; q < m; q++) {
      candidates[q] = new Nearest(Math.min(wanted + SPARE, count));
    }
    int block = Math.min(BLOCK, count);
    float[] line = new float[block];
    try (Floats left = Floats.copyOf(queries);
        Floats products = Floats.allocate((long) m * block)) {
      for (int from = 0; from < count; from += block) {
        int n = Math.min(block, count - from);
        Gemm.multiply(
            false,
            true,
            m,
            n,
            width,
            -2,
            left,
            0,
            width,
            copy,
            from * width,
            width,
            0,
            products,
            0,
            n);
        for (int q = 0; q < m; q++) {
          products.copyTo(q * n, line, 0, n);
          for (int r = 0; r < n; r++) {
            candidates[q].offer(line[r] + squares[from + r], from + r); // ‖q‖² changes no order
          }
        }
      }
    }
    Neighbours[] result = new Neighbours[m];
    for (int q = 0; q < m; q++) {
      result[q] = measured(queries, q * width, candidates[q], wanted);
    }
    return result;
  }

  private Neighbours measured(float[] queries, int at, Nearest candidates, int k) {
    Nearest exact = new Nearest(k);
    int[] ascending = Arrays.copyOf(candidates.rows, candidates.size);
    Arrays.sort(ascending);
    for (int row : ascending) {
      exact.offer(squaredDistance(queries, at, row), row);
    }
    double[] distances = new double[k];
    for (int i = 0; i < k; i++) {
      distances[i] = Math.sqrt(exact.keys[i]);
    }
    return new Neighbours(exact.rows, distances);
  }

  /** Euclidean distance of a query to one row. */
  double distance(float[] queries, int at, int row) {
    return Math.sqrt(squaredDistance(queries, at, row));
  }

  /** One row of the memory. */
  float[] row(int row) {
    return Arrays.copyOfRange(rows, row * width, (row + 1) * width);
  }

  private double squaredDistance(float[] queries, int at, int row) {
    double sum = 0;
    for (int i = 0; i < width; i++) {
      double difference = (double) queries[at + i] - rows[row * width + i];
      sum += difference * difference;
    }
    return sum;
  }

  /** The smallest keys so far, in order; of equal keys the one that was offered first. */
  private static final class Nearest {
    private final double[] keys;
    private final int[] rows;
    private int size;

    Nearest(int capacity) {
      keys = new double[capacity];
      rows = new int[capacity];
    }

    void offer(double key, int row) {
      if (size == keys.length && key >= keys[size - 1]) {
        return;
      }
      int i = size < keys.length ? size++ : size - 1;
      while (i > 0 && keys[i - 1] > key) {
        keys[i] = keys[i - 1];
        rows[i] = rows[i - 1];
        i--;
      }
      keys[i] = key;
      rows[i] = row;
    }
  }
}
