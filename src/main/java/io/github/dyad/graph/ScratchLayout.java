package io.github.dyad.graph;

import io.github.dyad.kernel.Workers;

/** Places of an op's temporary values within the plan's scratch. */
final class ScratchLayout {
  private long top;

  /** Index of a region of that many floats. */
  int take(long count) {
    int at = Math.toIntExact(top);
    top += (count + 15) / 16 * 16;
    return at;
  }

  /** Index of the first of one region a worker; the others follow at distance {@code count}. */
  int takePerWorker(Workers workers, long count) {
    return take(count * workers.count());
  }

  long size() {
    return top;
  }
}
