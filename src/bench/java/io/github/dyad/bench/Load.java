package io.github.dyad.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How busy others kept the machine while something was measured: processor seconds that neither
 * this process nor a peer used, per second, so 0 is a quiet machine and 2 two cores taken.
 */
final class Load {
  private static final Path STAT = Path.of("/proc/stat");

  /** The kernel's unit in /proc, USER_HZ, which is 100 on all of Linux's common machines. */
  private static final double TICKS_A_SECOND = 100;

  private final List<Side> sides;
  private final long began = System.nanoTime();
  private final double busy = busySeconds();
  private final double own;

  Load(List<Side> sides) {
    this.sides = sides;
    this.own = ownSeconds();
  }

  /** Since this object was made; NaN where the machine does not say. */
  double ofOthers() {
    double seconds = (System.nanoTime() - began) / 1e9;
    return Math.max(0, (busySeconds() - busy) - (ownSeconds() - own)) / seconds;
  }

  private double ownSeconds() {
    return sides.stream().mapToDouble(Side::cpuSeconds).sum();
  }

  static double cpuSeconds(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  /** user + nice + system + irq + softirq + steal of all cores. */
  private static double busySeconds() {
    if (!Files.isReadable(STAT)) {
      return Double.NaN;
    }
    try {
      String[] fields = Files.readAllLines(STAT).get(0).trim().split("\\s+");
      double ticks = 0;
      for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
        ticks += Double.parseDouble(fields[i]);
      }
      return ticks / TICKS_A_SECOND;
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
