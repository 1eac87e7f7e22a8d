package io.github.dyad.teacher;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.github.dyad.InputException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/** One reading of a doubtful file, bounded in time and in what it allocates. */
final class Attempt {
  static final long MAX_NANOS = 2_000_000_000L;
  static final long MAX_BYTES = 256L << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Attempt() {}

  /** The user's error, or null if the file is read; anything else fails the test. */
  static String read(Path file, String what) {
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    String message = null;
    try {
      OnnxTeacher.read(file);
    } catch (InputException e) {
      message = e.getMessage();
    }
    long nanos = System.nanoTime() - start;
    bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
    assertTrue(nanos < MAX_NANOS, what + " took " + nanos / 1_000_000 + " ms");
    assertTrue(bytes < MAX_BYTES, what + " allocated " + (bytes >> 20) + " MiB");
    if (message != null) {
      assertTrue(message.startsWith(file + ": "), message);
      assertFalse(message.contains("\n"), message);
      assertTrue(message.contains("; "), "no remedy: " + message);
    }
    return message;
  }

  /** Reads a file that must be refused with these words. */
  static void refused(Path file, String words) {
    String message = read(file, words);
    if (message == null) {
      fail("read without complaint, expected: " + words);
    }
    assertTrue(message.contains(words), () -> "expected \"" + words + "\", got: " + message);
  }
}
