package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.experiment.ResultColumn;
import io.github.dyad.experiment.ResultRow;
import io.github.dyad.experiment.ResultTable;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search as a user runs it, on images in folders and the teacher inside Dyad. */
@Tag("slow")
final class SearchCommandTest {
  private static final String FILE =
      """
      name: tiny-search
      base:
        preset: paper-industrial
        teacher: {file: "builtin:dyad-tiny"}
        data: {dataset: folders, root: parts, size: {resize: 32, crop: 32}}
        features.keep: no
        training: {iterations: 3, batchSize: 4, holdBack: 0}
      search:
        trials: 2
        space:
          optimizer.learningRate: {from: 1e-3, to: 1e-2, scale: log}
          decoderStudent.depth: [2, 4]
        earlyStop: {iterations: 1, keep: 1}
        validation: {share: 0.25}
      """;

  @TempDir private static Path folder;
  private static Path results;
  private static Cli answer;

  /** Images of the data set that were read during the search, by the JVM's own recorder. */
  private static final Set<String> READ = new TreeSet<>();

  @BeforeAll
  static void search_once() throws IOException {
    for (int i = 0; i < 12; i++) {
      image("parts/screw/normal/" + i + ".png", i);
    }
    for (int i = 0; i < 3; i++) {
      image("parts/screw/test/normal/" + i + ".png", 20 + i);
      image("parts/screw/test/bent/" + i + ".png", 40 + 17 * i);
    }
    Path file = Files.writeString(folder.resolve("search.yaml"), FILE);
    results = folder.resolve("results");
    Path recorded = folder.resolve("search.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.FileRead").withThreshold(Duration.ZERO).withoutStackTrace();
      recording.start();
      answer = Cli.dyad("search", file.toString(), "--results", results.toString());
      recording.stop();
      recording.dump(recorded);
    }
    try (RecordingFile events = new RecordingFile(recorded)) {
      while (events.hasMoreEvents()) {
        RecordedEvent event = events.readEvent();
        String path = event.hasField("path") ? event.getString("path") : null;
        if (path != null && Path.of(path).startsWith(folder.resolve("parts"))) {
          READ.add(folder.relativize(Path.of(path)).toString().replace('\\', '/'));
        }
      }
    }
  }

  private static void image(String name, int seed) throws IOException {
    BufferedImage image = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 40; y++) {
      for (int x = 0; x < 40; x++) {
        image.setRGB(x, y, 0x010101 * ((x * 5 + y * (3 + seed % 4) + seed) & 0xFF));
      }
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }

  @Test
  void it_names_the_best_candidate_and_how_to_run_it() {
    assertEquals(0, answer.exitCode(), answer.err());
    assertTrue(answer.out().startsWith("best: c00"), answer.out());
    assertTrue(answer.out().contains("optimizer.learningRate: 0.00"), answer.out());
    assertTrue(answer.err().contains("candidate 1 of 2: the base: "), answer.err());
    assertTrue(answer.err().contains("candidate 2 of 2: learningRate 0.00"), answer.err());
    assertTrue(Files.exists(results.resolve("figures/search-parallel-coordinates.svg")));
  }

  @Test
  void the_quickstarts_search_in_small_gives_the_same_bytes_twice() throws IOException {
    String[] files = {"candidates.csv", "results.csv", "best.yaml"};
    for (String into : new String[] {"first", "second"}) {
      Cli ran =
          Cli.dyad(
              "search",
              "experiments/search-quickstart.yaml",
              "--smoke",
              "--results",
              folder.resolve(into).toString());
      assertEquals(0, ran.exitCode(), ran.err());
    }
    for (String file : files) {
      assertEquals(
          Files.readString(folder.resolve("first").resolve(file)),
          Files.readString(folder.resolve("second").resolve(file)),
          file);
    }
    assertEquals(3, Files.readAllLines(folder.resolve("first/candidates.csv")).size());
  }

  @Test
  void a_search_reads_training_images_and_no_test_image() {
    assertEquals(
        12, READ.stream().filter(name -> name.contains("/normal/")).count(), READ.toString());
    assertEquals(List.of(), READ.stream().filter(name -> name.contains("/test/")).toList());
  }

  @Test
  void a_report_shows_the_candidates_in_pictures() throws IOException {
    Cli reported = Cli.dyad("report", results.toString(), "--quiet");
    assertEquals(0, reported.exitCode(), reported.err());
    String page = Files.readString(results.resolve("report.html"));
    assertTrue(page.contains("\"notes\":[]"), "nothing that cannot be shown");
    assertTrue(page.contains("#cut-paste\",\"row\":\"screw\""), "made anomalies in the gallery");
    assertTrue(page.contains("\"map\":\"data:image/png;base64,"), "their maps");
    assertTrue(page.contains("optimizer.learningRate against the validation score"), "figures");
    assertTrue(page.contains("All candidates; the bluer, the better"), "parallel coordinates");
    assertTrue(page.contains("{\"name\":\"c001\""), "a candidate in pictures");
    assertFalse(page.contains("{\"name\":\"c001-probe\""), "no short training in pictures");
  }

  @Test
  void the_best_file_runs_and_is_judged_on_the_test_images() {
    Path best = results.resolve("best.yaml");
    Path run = folder.resolve("best");
    Cli ran = Cli.dyad("run", best.toString(), "--results", run.toString(), "--quiet");
    assertEquals(0, ran.exitCode(), ran.err());
    ResultRow row = ResultTable.read(run.resolve("results.csv")).get(0);
    assertEquals("folders", row.get(ResultColumn.DATASET));
    assertEquals("6", row.get(ResultColumn.TEST_IMAGES));
    assertEquals("12", row.get(ResultColumn.TRAIN_IMAGES));
  }

  @Test
  void commands_for_grids_say_what_a_search_is_run_with() {
    Cli run = Cli.dyad("run", folder.resolve("search.yaml").toString());
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("dyad search"), run.err());
  }
}
