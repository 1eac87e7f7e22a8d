package io.github.dyad.cli;

import io.github.dyad.Require;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Option;

/** Options that are the same everywhere. */
final class CommonOptions {
  private static final AtomicBoolean TRACES = new AtomicBoolean();

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "Threads that share the work; results do not depend on it (default: all cores).")
  private Integer workers;

  @Option(names = "--quiet", description = "No progress on standard error.")
  boolean quiet;

  @Option(names = "-v", description = "Stack traces with messages.")
  private void traces(boolean on) {
    TRACES.set(on);
  }

  static boolean traces() {
    return TRACES.get();
  }

  int workers() {
    return workers(Runtime.getRuntime().availableProcessors());
  }

  /**
   * @param unasked if the option is not given
   */
  int workers(int unasked) {
    return workers == null ? unasked : Require.atLeast("--workers", workers, 1);
  }
}
