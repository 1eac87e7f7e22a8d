package io.github.dyad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void every_task_of_every_run_is_done_once(int count) {
    try (Workers workers = new Workers(count)) {
      for (int run = 0; run < 20_000; run++) {
        int tasks = run % 7;
        int[] done = new int[tasks];
        workers.run(tasks, task -> done[task]++);
        int[] once = new int[tasks];
        Arrays.fill(once, 1);
        assertArrayEquals(once, done, "run " + run);
      }
    }
  }

  @Test
  void helpers_wake_up_after_a_pause() {
    try (Workers workers = new Workers(3)) {
      for (int run = 0; run < 20; run++) {
        LockSupport.parkNanos(2_000_000);
        AtomicIntegerArray done = new AtomicIntegerArray(50);
        workers.run(50, task -> done.incrementAndGet(task));
        for (int task = 0; task < 50; task++) {
          assertEquals(1, done.get(task));
        }
      }
    }
  }

  @Test
  void a_worker_number_is_never_used_by_two_tasks_at_once() {
    try (Workers workers = new Workers(4)) {
      AtomicIntegerArray inUse = new AtomicIntegerArray(workers.count());
      workers.run(
          2000,
          (worker, task) -> {
            assertEquals(1, inUse.incrementAndGet(worker));
            assertEquals(0, inUse.decrementAndGet(worker));
          });
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void an_exception_of_a_task_comes_out_and_the_workers_stay_usable(int count) {
    try (Workers workers = new Workers(count)) {
      IllegalArgumentException cause = new IllegalArgumentException("task 5");
      for (int run = 0; run < 100; run++) {
        assertSame(
            cause,
            assertThrows(
                IllegalArgumentException.class,
                () ->
                    workers.run(
                        9,
                        task -> {
                          if (task == 5) {
                            throw cause;
                          }
                        })));
        int[] done = new int[4];
        workers.run(4, task -> done[task]++);
        assertArrayEquals(new int[] {1, 1, 1, 1}, done);
      }
    }
  }

  @Test
  void a_run_inside_of_a_run_is_refused() {
    try (Workers workers = new Workers(2)) {
      assertThrows(
          IllegalStateException.class, () -> workers.run(2, task -> workers.run(1, inner -> {})));
    }
  }

  @Test
  void closed_workers_refuse_to_run() {
    Workers workers = new Workers(2);
    workers.close();
    assertTrue(
        assertThrows(IllegalStateException.class, () -> workers.run(2, task -> {}))
            .getMessage()
            .contains("closed"));
  }
}
