package io.github.dyad.graph;

import io.github.dyad.kernel.Workers;

/**
 * A transformer block's work on B·N token rows, cut into tasks by its size alone: rows up to the
 * attention, heads of images, rows after it. Rows are independent, a head needs its image's rows.
 *
 * <p>Where images are small, a task is a few whole images from beginning to end: nobody waits in
 * between, and what a task wrote is still in its cache. Otherwise each of the three is cut on its
 * own, so that there are tasks for many workers even at one image.
 */
final class RowTasks {
  /** Rows of a product at which OpenBLAS is near its best, and which fit the caches. */
  private static final int ROWS = 256;

  private final int tokens;
  private final int heads;
  private final boolean wholeImages;
  private final int[] starts;

  /**
   * @param tokens N
   * @param heads H
   */
  RowTasks(int images, int tokens, int heads) {
    this.tokens = tokens;
    this.heads = heads;
    int rows = images * tokens;
    wholeImages = images > 1 && tokens <= ROWS;
    int tasks = wholeImages ? Math.min(Split.rows(rows), images) : Split.rows(rows);
    starts = new int[tasks + 1];
    for (int t = 0; t <= tasks; t++) {
      starts[t] =
          wholeImages ? Split.start(images, tasks, t) * tokens : Split.start(rows, tasks, t);
    }
  }

  int count() {
    return starts.length - 1;
  }

  /** First row of task t. */
  int start(int t) {
    return starts[t];
  }

  /** Rows of task t. */
  int rows(int t) {
    return starts[t + 1] - starts[t];
  }

  /** Rows of the largest task. */
  int largest() {
    int most = 0;
    for (int t = 0; t < count(); t++) {
      most = Math.max(most, rows(t));
    }
    return most;
  }

  /**
   * @param before takes a task
   * @param head takes the number of a head: image·H + head
   * @param after takes a task
   */
  Runnable pass(Workers workers, Workers.Body before, Workers.Body head, Workers.Body after) {
    if (!wholeImages) {
      int allHeads = starts[count()] / tokens * heads;
      return () -> {
        workers.run(count(), before);
        workers.run(allHeads, head);
        workers.run(count(), after);
      };
    }
    Workers.Body body =
        (worker, t) -> {
          before.run(worker, t);
          int last = starts[t + 1] / tokens * heads;
          for (int h = starts[t] / tokens * heads; h < last; h++) {
            head.run(worker, h);
          }
          after.run(worker, t);
        };
    return () -> workers.run(count(), body);
  }
}
