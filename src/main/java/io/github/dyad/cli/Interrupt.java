package io.github.dyad.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Turns Ctrl-C and SIGTERM into a wish to stop: the work ends at its next checkpoint, and the JVM
 * waits for that.
 */
final class Interrupt implements BooleanSupplier {
  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean stop;

  private Interrupt() {}

  /** From now on; {@link #finished} says when the work is over. */
  static Interrupt listen() {
    Interrupt interrupt = new Interrupt();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  interrupt.stop = true;
                  try {
                    interrupt.over.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    return interrupt;
  }

  /** The work is over: an exit need not wait for it. */
  void finished() {
    over.countDown();
  }

  @Override
  public boolean getAsBoolean() {
    return stop;
  }
}
