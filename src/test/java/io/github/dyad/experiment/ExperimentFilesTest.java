package io.github.dyad.experiment;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.experiment.store.WholeFile;
import io.github.dyad.search.Search;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What STYLE asks of the header of every experiment file, and that the file can be read. */
final class ExperimentFilesTest {
  private static final Path EXPERIMENTS = Path.of("experiments");

  @TestFactory
  Stream<DynamicTest> every_experiment_file_says_how_to_run_it_and_can_be_read() {
    List<Path> files =
        WholeFile.files(EXPERIMENTS).stream()
            .filter(file -> file.toString().endsWith(".yaml"))
            .toList();
    assertFalse(files.isEmpty());
    return files.stream().map(file -> DynamicTest.dynamicTest(file.toString(), () -> check(file)));
  }

  private static void check(Path file) throws IOException {
    List<String> header =
        Files.readAllLines(file).stream().takeWhile(line -> line.startsWith("#")).toList();
    String text = String.join("\n", header);
    String name = file.toString().replace('\\', '/');
    assertTrue(text.matches("(?s).*Run: \\./dyad (run|search) " + name + "\\b.*"), text);
    assertTrue(text.contains("Expect:"), text);
    Experiment experiment = Experiment.read(file);
    if (text.contains("--smoke")) {
      assertTrue(Files.readString(file).contains("\nsmoke:"), name + " has no smoke section");
    }
    assertFalse(experiment.trials(false).isEmpty());
    if (text.contains("./dyad search ")) {
      Search.of(experiment, false);
      Search.of(experiment, true);
    }
  }
}
