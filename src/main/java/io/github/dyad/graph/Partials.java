package io.github.dyad.graph;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Kernels;

/** Sums that every task makes for itself and that are then added in the order of the tasks. */
final class Partials {
  private final Floats scratch;
  private final int tasks;
  private final int size;
  private final int restAt;

  /**
   * @param size floats a task sums
   * @param rest floats of scratch behind the sums
   */
  Partials(FusedOp.Memory memory, int tasks, int size, long rest) {
    this.tasks = tasks;
    this.size = (size + 15) / 16 * 16;
    this.restAt = tasks * this.size;
    this.scratch = memory.scratch(restAt + rest);
  }

  Floats cleared(int task) {
    Kernels.active().zero(scratch, at(task), size);
    return scratch;
  }

  Floats region() {
    return scratch;
  }

  int at(int task) {
    return task * size;
  }

  /** The scratch behind the sums, from index 0. */
  Floats rest() {
    return scratch == null ? null : scratch.slice(restAt, scratch.size() - restAt);
  }

  /** y = Σ_tasks sums[from .. from + count); nothing where y is null. */
  void total(int from, int count, Floats y) {
    if (y == null) {
      return;
    }
    Kernels.active().copy(scratch, from, y, 0, count);
    for (int t = 1; t < tasks; t++) {
      Kernels.active().add(scratch, at(t) + from, y, 0, count);
    }
  }
}
