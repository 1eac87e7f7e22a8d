package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.experiment.CacheFolder;
import io.github.dyad.experiment.MemoryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real runs, in processes of their own, that are killed or meet a full disk. */
final class TortureTest {
  private static final String SMALL =
      """
      name: small
      base:
        preset: paper-semantic
        data:
          dataset: builtin:fashion-mnist-small
          splits: [A]
          size: {resize: 32, crop: 32}
          limitTrain: 100
          limitTest: 40
        features.keep: yes
        training: {iterations: 60, batchSize: 8}
      vary:
        row:
          - {name: noisy-or}
          - {name: encoder, objective.objective: encoder-only, anomaly.fusion: encoder}
      """;

  @TempDir(factory = MemoryFolder.class)
  private Path folder;

  private Path experiment;

  @BeforeEach
  void write_the_experiment() throws IOException {
    experiment = Files.writeString(folder.resolve("small.yaml"), SMALL);
  }

  @Test
  @Tag("slow")
  void a_grid_that_is_killed_five_times_has_the_bytes_of_an_undisturbed_one() throws Exception {
    torture(5, experiment);
  }

  @Test
  @Tag("nightly")
  void the_smoke_grid_survives_fifty_kills() throws Exception {
    torture(50, Path.of("experiments/smoke.yaml"));
  }

  private void torture(int kills, Path file) throws Exception {
    List<String> lines = new ArrayList<>();
    Torture.Report report =
        new Torture(folder.resolve("torture"), List.of(file.toString()), 2, 1, lines::add)
            .run(kills);
    lines.forEach(System.out::println);
    assertEquals(kills, report.ends(), report.toString());
    assertTrue(report.grids() > 0 && report.files() > 5, report.toString());
  }

  /** A limit on the size of files stands for a full disk: writing fails in the midst of a file. */
  @Test
  @Tag("slow")
  @DisabledOnOs(OS.WINDOWS)
  void a_full_disk_is_one_line_and_the_same_command_goes_on() throws Exception {
    Path expected = folder.resolve("expected");
    assertEquals(0, run(0, expected).exitCode());
    Path results = folder.resolve("results");
    for (int kibibytes : new int[] {1, 64, 1024}) {
      Answer full = run(kibibytes, results);
      String last = full.lines().get(full.lines().size() - 1);
      assertTrue(full.exitCode() == 1 || full.exitCode() == 2, full.toString());
      assertTrue(full.lines().stream().noneMatch(l -> l.startsWith("\tat ")), full.toString());
      assertTrue(
          full.lines().stream().anyMatch(l -> l.contains("written") && l.contains("too large")),
          full.toString());
      assertTrue(last.startsWith("dyad: "), full.toString());
    }
    assertEquals(0, run(0, results).exitCode());
    assertEquals(
        Files.readString(expected.resolve("results.csv")),
        Files.readString(results.resolve("results.csv")));
  }

  private record Answer(int exitCode, List<String> lines) {}

  /**
   * @param kibibytes most that a file may have; 0 for no limit
   */
  private Answer run(int kibibytes, Path results) throws Exception {
    List<String> command = new ArrayList<>();
    if (kibibytes > 0) { // in blocks of 512 bytes (POSIX)
      command.addAll(List.of("sh", "-c", "ulimit -f " + 2 * kibibytes + "; exec \"$@\"", "sh"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:-UsePerfData", "--add-modules=jdk.incubator.vector"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("run", experiment.toString(), "--results", results.toString()));
    command.add("--quiet");
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put(CacheFolder.VARIABLE, folder.resolve("cache" + kibibytes).toString());
    try (var file = Files.newOutputStream(output)) {
      Process process = builder.start();
      process.getInputStream().transferTo(file); // through us: the limit is not for this file
      int code = process.waitFor();
      return new Answer(code, Files.readAllLines(output));
    }
  }
}
