package io.github.dyad.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.dyad.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a file holds, it is read or refused in one line, within 2 s and 512 MiB. */
final class FuzzTest {
  private static final long MAX_NANOS = 2_000_000_000L;
  private static final long MAX_BYTES = 512L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;
  private long slowestNanos;
  private long mostBytes;

  @ParameterizedTest
  @EnumSource
  void a_hundred_mutations_are_read_or_refused(FuzzTarget target) throws IOException {
    fuzz(target, 0, 100);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("slow")
  void two_thousand_mutations_are_read_or_refused(FuzzTarget target) throws IOException {
    fuzz(target, 1000, 2000);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("nightly")
  void fifty_thousand_mutations_are_read_or_refused(FuzzTarget target) throws IOException {
    fuzz(target, 1_000_000, 50_000);
  }

  /** Groups in unknown fields, one in the other: protobuf-java before 3.25.5 runs out of stack. */
  @Test
  void nested_groups_in_an_onnx_file_are_refused() throws IOException {
    for (int depth : new int[] {1000, 1_000_000}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (int i = 0; i < depth; i++) {
        out.write(new byte[] {(byte) 0xA3, 0x06}); // field 100, start of a group
      }
      attempt(FuzzTarget.TEACHER, out.toByteArray(), depth + " groups");
    }
  }

  @Test
  void json_nested_a_hundred_thousand_deep_is_refused() throws IOException {
    byte[] deep = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    assertTrue(attempt(FuzzTarget.MANIFEST, deep, "deep JSON"));
    assertTrue(attempt(FuzzTarget.MODEL, deep, "deep JSON"));
  }

  private void fuzz(FuzzTarget target, long first, int count) throws IOException {
    List<byte[]> seeds = seeds(target);
    int refused = 0;
    for (long number = first; number < first + count; number++) {
      byte[] seed = seeds.get((int) (number % seeds.size()));
      byte[] mutant = Mutator.mutate(seed, number);
      refused += attempt(target, mutant, target + " mutant " + number) ? 1 : 0;
    }
    assertTrue(refused > 0, "nothing was refused: the mutations are too mild");
    System.out.printf(
        "%s: %d mutations, %d refused, slowest %d ms, at most %d MiB%n",
        target, count, refused, slowestNanos / 1_000_000, mostBytes >> 20);
  }

  private static List<byte[]> seeds(FuzzTarget target) throws IOException {
    try (Stream<Path> files = Files.list(target.seeds)) {
      List<byte[]> seeds = new java.util.ArrayList<>();
      for (Path file : files.filter(f -> isSeed(target, f)).sorted().toList()) {
        seeds.add(Files.readAllBytes(file));
      }
      assertFalse(seeds.isEmpty(), target.seeds + " has no seed");
      return seeds;
    }
  }

  private static boolean isSeed(FuzzTarget target, Path file) {
    String name = file.getFileName().toString();
    return target == FuzzTarget.TEACHER ? name.endsWith(".onnx") : !name.endsWith(".rgb");
  }

  /** Whether it was refused. */
  private boolean attempt(FuzzTarget target, byte[] data, String what) throws IOException {
    Path file = Files.write(folder.resolve(target.fileName), data);
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    String message = null;
    try {
      target.feed(file);
    } catch (InputException e) {
      message = e.getMessage();
    } catch (RuntimeException | Error e) {
      throw new AssertionError(what + " left " + e, e);
    }
    long nanos = System.nanoTime() - start;
    bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
    slowestNanos = Math.max(slowestNanos, nanos);
    mostBytes = Math.max(mostBytes, bytes);
    assertTrue(nanos < MAX_NANOS, what + " took " + nanos / 1_000_000 + " ms");
    assertTrue(bytes < MAX_BYTES, what + " allocated " + (bytes >> 20) + " MiB");
    if (message != null) {
      String told = message;
      assertTrue(message.contains(folder.toString()), () -> what + " is not named: " + told);
    }
    return message != null;
  }
}
