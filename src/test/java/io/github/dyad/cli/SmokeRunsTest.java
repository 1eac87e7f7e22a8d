package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.ResultRow;
import io.github.dyad.experiment.ResultTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The smoke variants of the experiment files, from the file to the comparison with the paper. */
class SmokeRunsTest {
  private static final Path EXPERIMENTS = Path.of("experiments");

  /** Defects with pixel metrics, both kinds of LOCO, and the semantic splits. */
  private static final Set<String> SLOW = Set.of("table14.yaml", "table21.yaml", "table16.yaml");

  /** Their data has to be got first. */
  private static final Set<String> WITH_DOWNLOAD = Set.of("fashion-mnist-a.yaml");

  /** Two minutes on two cores, however busy the machine is with other things. */
  private static final double CPU_SECONDS = 240;

  @TempDir Path folder;

  @Tag("slow")
  @TestFactory
  Stream<DynamicTest> three_smoke_variants_run() throws IOException {
    return files().filter(file -> SLOW.contains(name(file))).map(this::test);
  }

  @Tag("nightly")
  @TestFactory
  Stream<DynamicTest> all_other_smoke_variants_run() throws IOException {
    return files()
        .filter(file -> !SLOW.contains(name(file)) && !WITH_DOWNLOAD.contains(name(file)))
        .map(this::test);
  }

  private static Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(EXPERIMENTS)) {
      return files.filter(file -> isRun(file)).sorted().toList().stream();
    }
  }

  private static boolean isRun(Path file) {
    try {
      return name(file).endsWith(".yaml")
          && Files.readString(file).contains("Run: ./dyad run ")
          && Files.readString(file).contains("\nsmoke:");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private DynamicTest test(Path file) {
    return DynamicTest.dynamicTest(
        name(file),
        () -> {
          long start = cpuNanos();
          run(file);
          double seconds = (cpuNanos() - start) / 1e9;
          assertTrue(seconds < CPU_SECONDS, seconds + " s of CPU time");
        });
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private void run(Path file) {
    Path results = folder.resolve(name(file));
    dyad("run", file.toString(), "--smoke", "--quiet", "--results", results.toString());
    List<ResultRow> rows = ResultTable.read(results.resolve("results.csv"));
    int trials = Experiment.read(file).trials(true).size();
    assertEquals(trials, rows.stream().filter(ResultRow::isMean).count());

    String compared = dyad("compare", results.resolve("results.csv").toString());
    assertTrue(compared.contains("Cells compared in full: 0;"), compared); // never as a full run
    assertFalse(compared.contains("null"), compared);
  }

  private static String dyad(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Main.run(new PrintStream(out, true), new PrintStream(err, true), args);
    assertEquals(0, code, err.toString(StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }
}
