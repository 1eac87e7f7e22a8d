package io.github.dyad.graph;

import io.github.dyad.kernel.Workers;

/**
 * How work is cut into tasks: by its size alone, never by the number of workers, so that results do
 * not depend on them.
 */
final class Split {
  private static final int ROWS = 256;
  private static final int ELEMENTS = 1 << 16;
  private static final int MOST = 64;
  private static final int PIECE = 40_000;
  private static final int SHORTEST_PIECE = 192;

  private Split() {}

  /**
   * Tasks for that many rows: an even number, about 256 rows each, since OpenBLAS packs a weight
   * matrix anew for every task; 1 for less than 16 rows.
   */
  static int rows(int rows) {
    if (rows < 16) {
      return 1;
    }
    return Math.min(MOST, 2 * Math.max(1, (rows + ROWS) / (2 * ROWS)));
  }

  /** Tasks for a weight gradient, cut across its longer side into pieces of at least 192. */
  static int pieces(int out, int in) {
    int longer = Math.max(out, in);
    long wanted = ((long) out * in + PIECE - 1) / PIECE;
    return (int) Math.max(1, Math.min(wanted, longer / SHORTEST_PIECE));
  }

  /** Tasks for that many elements of a pass over memory. */
  static int elements(int count) {
    return Math.max(1, Math.min(MOST, count / ELEMENTS));
  }

  /** First index of task t of {@code tasks} over {@code count}; multiples of 16 inside. */
  static int start(int count, int tasks, int t) {
    if (t >= tasks) {
      return count;
    }
    long even = (long) count * t / tasks;
    return (int) (count >= 16 * tasks ? even / 16 * 16 : even);
  }

  /** Size of the largest task. */
  static int largest(int count, int tasks) {
    int most = 0;
    for (int t = 0; t < tasks; t++) {
      most = Math.max(most, start(count, tasks, t + 1) - start(count, tasks, t));
    }
    return most;
  }

  /** A pass over elements: {@code (from, count)} of a task. */
  @FunctionalInterface
  interface Range {
    void run(int from, int count);
  }

  static Runnable overElements(Workers workers, int count, Range range) {
    int tasks = elements(count);
    return () ->
        workers.run(
            tasks,
            t -> {
              int from = start(count, tasks, t);
              range.run(from, start(count, tasks, t + 1) - from);
            });
  }
}
