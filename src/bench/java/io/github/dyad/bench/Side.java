package io.github.dyad.bench;

/** One of those who do the same work in turn. */
interface Side extends AutoCloseable {
  /**
   * What steps took and led to.
   *
   * @param milliseconds per step
   * @param loss of the last step, by the work's definition
   */
  record Timing(double milliseconds, double loss) {}

  /** Does {@code count} steps. */
  Timing steps(int count);

  /** Processor seconds that this side's process has used so far. */
  double cpuSeconds();

  @Override
  void close();
}
