package io.github.dyad.cli;

import java.util.function.BooleanSupplier;

/**
 * Turns Ctrl-C and SIGTERM into a wish to stop: the work ends at its next checkpoint, and the JVM
 * waits for that.
 */
final class Interrupt implements BooleanSupplier {
  private static final long PATIENCE_MILLIS = 60_000;

  private volatile boolean stop;

  private Interrupt() {}

  /** For work on the calling thread. */
  static Interrupt listen() {
    Interrupt interrupt = new Interrupt();
    Thread worker = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  interrupt.stop = true;
                  try {
                    worker.join(interrupt.finished ? 0 : PATIENCE_MILLIS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    return interrupt;
  }

  private volatile boolean finished;

  /** The work is over: an exit need not wait for it. */
  void finished() {
    finished = true;
  }

  @Override
  public boolean getAsBoolean() {
    return stop;
  }
}
