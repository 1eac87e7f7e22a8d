package io.github.dyad.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A fixed set of threads, the caller among them, that share the tasks of one {@link #run} after
 * another. Which thread takes which task is left to timing, so a task's result must not depend on
 * it: the split into tasks is the caller's, fixed by the work, and each task writes what no other
 * writes.
 *
 * <p>Threads wait for the next run by spinning for some hundred microseconds and then sleep: the
 * machine may be shared, but a sleeper that wakes late makes the others wait, and sleep, in turn.
 * They are daemons. One run at a time; a task must not call {@link #run} of its own workers.
 */
public final class Workers implements AutoCloseable {
  /** What a task does when it needs to know whose scratch memory it may use. */
  @FunctionalInterface
  public interface Body {
    /**
     * @param worker 0 (the caller of {@link Workers#run}) to {@link Workers#count()} − 1
     * @param task 0 to tasks − 1
     */
    void run(int worker, int task);
  }

  private static final int SPINS = 20_000;
  private static final long RUN_MASK = 0xffff_ffffL;

  private final Thread[] helpers;
  // (number of the run << 32 | tasks not yet taken): taking one and seeing whose it is are one
  // step.
  private final AtomicLong ticket = new AtomicLong();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicReference<Thread> caller = new AtomicReference<>();
  private volatile Body body;
  private volatile boolean closed;

  /**
   * @param count number of threads, the caller included, at least 1
   */
  public Workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count of workers is " + count + "; expected at least 1");
    }
    helpers = new Thread[count - 1];
    for (int i = 0; i < helpers.length; i++) {
      int worker = i + 1;
      helpers[i] = new Thread(() -> help(worker), "dyad-worker-" + worker);
      helpers[i].setDaemon(true);
      helpers[i].start();
    }
  }

  /** Number of threads, the caller included. */
  public int count() {
    return helpers.length + 1;
  }

  /** Runs {@code body} for 0 to {@code tasks} − 1; see {@link #run(int, Body)}. */
  public void run(int tasks, IntConsumer body) {
    run(tasks, (worker, task) -> body.accept(task));
  }

  /**
   * Runs {@code body} for every task and returns when all are done; what they wrote is then visible
   * to the caller. If tasks throw, those not yet begun are skipped and the first exception seen
   * comes out here.
   *
   * @throws IllegalStateException if another run of these workers is going on, or they are closed
   */
  public void run(int tasks, Body body) {
    if (!caller.compareAndSet(null, Thread.currentThread())) {
      throw new IllegalStateException("these workers are busy with another run");
    }
    try {
      if (closed) {
        throw new IllegalStateException("these workers are closed");
      }
      if (helpers.length == 0 || tasks <= 1) {
        for (int task = 0; task < tasks; task++) {
          body.run(0, task);
        }
      } else {
        share(tasks, body);
      }
    } finally {
      caller.set(null);
    }
  }

  /** Ends the threads. */
  @Override
  public void close() {
    closed = true;
    for (Thread helper : helpers) {
      LockSupport.unpark(helper);
    }
  }

  private void share(int tasks, Body work) {
    body = work;
    unfinished.set(tasks);
    long run = runOf(ticket.get()) + 1 & RUN_MASK;
    ticket.set(run << Integer.SIZE | tasks);
    for (Thread helper : helpers) {
      LockSupport.unpark(helper);
    }
    takeTasks(0, run);
    for (int spins = 0; unfinished.get() > 0; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
      }
    }
    body = null;
    Throwable thrown = failure.getAndSet(null);
    if (thrown != null) {
      throw Workers.<RuntimeException>unchecked(thrown);
    }
  }

  private void help(int worker) {
    long done = 0;
    int spins = 0;
    while (!closed) {
      long run = runOf(ticket.get());
      if (run != done) {
        takeTasks(worker, run);
        done = run;
        spins = 0;
      } else if (spins++ < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
      }
    }
  }

  /** Does tasks of a run, the last first, until none is left or another run has begun. */
  private void takeTasks(int worker, long run) {
    while (true) {
      long seen = ticket.get();
      int left = (int) seen;
      if (runOf(seen) != run || left == 0) {
        return;
      }
      if (ticket.compareAndSet(seen, seen - 1)) {
        // The run cannot end before this task does, so body is this run's.
        try {
          if (failure.get() == null) {
            body.run(worker, left - 1);
          }
        } catch (Throwable e) {
          failure.compareAndSet(null, e);
        } finally {
          finishTask(worker);
        }
      }
    }
  }

  private void finishTask(int worker) {
    if (unfinished.decrementAndGet() == 0 && worker != 0) {
      LockSupport.unpark(caller.get()); // null once the caller saw it by itself
    }
  }

  private static long runOf(long ticket) {
    return ticket >>> Integer.SIZE;
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E unchecked(Throwable e) throws E {
    throw (E) e;
  }
}
