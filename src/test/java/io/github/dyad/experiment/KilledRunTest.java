package io.github.dyad.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.experiment.store.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed outright at random instants, alone and in pairs. */
final class KilledRunTest {
  private static final int STEP_MILLIS = 15;

  @TempDir(factory = MemoryFolder.class)
  Path temporary;

  @Test
  void a_run_that_is_killed_ends_with_the_same_bytes() throws Exception {
    killAndCompare(4, 1);
  }

  @Test
  @Tag("slow")
  void two_runs_that_are_killed_again_and_again_end_with_the_same_bytes() throws Exception {
    killAndCompare(40, 2);
  }

  private void killAndCompare(int kills, int runs) throws Exception {
    Path undisturbed = temporary.resolve("undisturbed");
    assertEquals(0, start(undisturbed, 0).waitFor());

    Path disturbed = temporary.resolve("disturbed");
    Random random = new Random(kills);
    List<Integer> rows = new ArrayList<>();
    for (int kill = 0; kill < kills; kill++) {
      List<Process> processes = new ArrayList<>();
      for (int i = 0; i < runs; i++) {
        processes.add(start(disturbed, STEP_MILLIS));
      }
      for (Process process : processes) {
        // Start-up takes half a second or more, the work of all trials together about two.
        process.waitFor(500 + random.nextInt(1200), TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
      }
      Path results = disturbed.resolve("results.csv");
      rows.add(Files.exists(results) ? ResultTable.read(results).size() : 0);
    }
    assertEquals(0, start(disturbed, 0).waitFor());
    assertTrue(
        rows.stream().distinct().count() > 1 || kills < 10,
        () -> "no kill fell into the work; rows after each: " + rows);
    assertEquals(deterministic(undisturbed), deterministic(disturbed), () -> "rows: " + rows);
    assertEquals(List.of(), Verification.of(new ResultsFolder(disturbed)).problems());
    assertEquals(
        List.of(),
        WholeFile.files(disturbed.resolve(".run")).stream()
            .filter(file -> !file.toString().endsWith(".lock"))
            .toList());
  }

  private Process start(Path results, int stepMillis) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            FakeRun.class.getName(),
            ExperimentTest.TABLE_3.toString(),
            results.toString(),
            String.valueOf(stepMillis))
        .redirectErrorStream(true)
        .redirectOutput(temporary.resolve("output.txt").toFile())
        .start();
  }

  /** Everything that a user compares: rows, scores and curves. */
  private static Map<String, String> deterministic(Path results) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    for (Path file : WholeFile.files(results)) {
      String name = results.relativize(file).toString();
      if (name.equals("results.csv") || name.startsWith("scores") || name.startsWith("curves")) {
        contents.put(name, Files.readString(file));
      }
    }
    return contents;
  }
}
