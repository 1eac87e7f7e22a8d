package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dyad.data.Datasets;
import io.github.dyad.data.Sample;
import io.github.dyad.data.SplitRequest;
import io.github.dyad.experiment.ResultColumn;
import io.github.dyad.experiment.ResultRow;
import io.github.dyad.experiment.ResultTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Methods without students in a grid, as a user runs it. */
@Tag("slow")
class MethodsRunTest {
  private static final String EXPERIMENT =
      """
      name: methods
      base:
        data: {dataset: "builtin:made-parts", size: {resize: 32, crop: 32}, limitTrain: 40, limitTest: 20}
        training: {holdBack: 0.1}
      vary:
        row:
          - {name: knn, method: knn, options.knn.neighbours: 3}
          - {name: patchcore, method: patchcore}
      smoke: {training.seed: 0}
      """;

  @TempDir private static Path folder;
  private static Path experiment;
  private static Path results;

  @BeforeAll
  static void run_once() throws IOException {
    experiment = Files.writeString(folder.resolve("methods.yaml"), EXPERIMENT);
    results = folder.resolve("two");
    Cli answer = run(results, "2");
    assertEquals(0, answer.exitCode(), answer.err());
  }

  private static Cli run(Path into, String workers) {
    return Cli.dyad(
        "run",
        experiment.toString(),
        "--smoke",
        "--results",
        into.toString(),
        "--workers",
        workers);
  }

  @Test
  void a_row_carries_the_methods_name_and_options() {
    List<ResultRow> rows = ResultTable.read(results.resolve("results.csv"));
    assertEquals(6, rows.size());
    ResultRow knn = rows.get(0);
    assertEquals("knn", knn.get(ResultColumn.STUDENTS));
    assertEquals(
        "training.holdBack=0.1 options.knn.neighbours=3", knn.get(ResultColumn.ASSUMPTIONS));
    assertEquals("", knn.get(ResultColumn.OBJECTIVE));
    assertEquals("", knn.get(ResultColumn.FUSION));
    assertEquals("0", knn.get(ResultColumn.TRAIN_ITERATIONS));
    assertEquals("", knn.get(ResultColumn.PIXEL_AUROC)); // class tokens have no place
    ResultRow patchcore = rows.get(3);
    assertEquals("training.holdBack=0.1", patchcore.get(ResultColumn.ASSUMPTIONS));
    assertTrue(patchcore.metric(ResultColumn.PIXEL_AUROC) > 0.5);
  }

  @Test
  void one_worker_gives_the_bytes_of_two() throws IOException {
    Path one = folder.resolve("one");
    assertEquals(0, run(one, "1").exitCode());
    int compared = 0;
    try (Stream<Path> files = Files.walk(results)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = results.relativize(file).toString();
        if (name.startsWith("scores")
            || name.equals("results.csv")
            || name.endsWith(".safetensors")) {
          assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(one.resolve(name)), name);
          compared++;
        }
      }
    }
    assertEquals(7, compared);
  }

  @Test
  void a_second_run_has_nothing_to_do() {
    Cli answer = run(results, "2");
    assertEquals(0, answer.exitCode(), answer.err());
    assertTrue(answer.err().contains("to do: 0 rows, 0 trainings"), answer.err());
  }

  @Test
  void an_image_scores_as_in_the_run_to_the_last_bit() throws IOException {
    try (Stream<Path> models = Files.list(results.resolve("models"))) {
      for (Path model : models.sorted().toList()) {
        boolean knn = Files.readString(model.resolve("method.json")).contains("\"knn\"");
        List<String> rows =
            Files.readAllLines(
                results.resolve("scores").resolve(knn ? "knn" : "patchcore").resolve("weave.csv"));
        String[] cells = rows.get(1).split(",", -1);
        Path image = Files.write(folder.resolve("image.png"), bytes(cells[0]));
        Path maps = folder.resolve(knn ? "maps-knn" : "maps-patchcore");
        Cli answer =
            Cli.dyad("score", model.toString(), image.toString(), "--maps", maps.toString());
        assertEquals(0, answer.exitCode(), answer.err());
        String[] scored = answer.out().lines().skip(1).findFirst().orElseThrow().split(",");
        assertEquals(cells[cells.length - 1], scored[1], cells[0]);
        assertTrue(scored[3].equals("normal") || scored[3].equals("anomalous"), answer.out());
        assertEquals(!knn, Files.exists(maps.resolve("image.tiff")), "knn has no maps");
        assertEquals(
            2, Cli.dyad("score", model.toString(), image.toString(), "--fusion", "SUM").exitCode());
      }
    }
  }

  @Test
  void students_of_other_kinds_score_as_in_the_run_to_the_last_bit() throws IOException {
    String rows =
        """
              - {name: rd4ad, method: rd4ad, training.iterations: 2}
              - {name: mkd, objective: {objective: encoder-only, distilledTokens: patch}, anomaly: {fusion: encoder, classTokens: all}, training.iterations: 2}
              - {name: dinomaly, objective.objective: decoder-only, anomaly.fusion: decoder, training.iterations: 2}
        """;
    Path file =
        Files.writeString(
            folder.resolve("students.yaml"),
            EXPERIMENT.replaceAll("(?m)^ +- .name: knn.*\n^ +- .name: patchcore.*\n", rows));
    Path students = folder.resolve("students");
    Cli ran = Cli.dyad("run", file.toString(), "--results", students.toString(), "--quiet");
    assertEquals(0, ran.exitCode(), ran.err());
    for (String trial : new String[] {"rd4ad", "mkd", "dinomaly"}) {
      String[] cells =
          Files.readAllLines(students.resolve("scores").resolve(trial).resolve("weave.csv"))
              .get(1)
              .split(",", -1);
      Path image = Files.write(folder.resolve("one.png"), bytes(cells[0]));
      Path maps = folder.resolve("maps-" + trial);
      Cli answer =
          Cli.dyad(
              "score",
              students.toString(),
              "--trial",
              trial,
              image.toString(),
              "--maps",
              maps.toString());
      assertEquals(0, answer.exitCode(), answer.err());
      String[] scored = answer.out().lines().skip(1).findFirst().orElseThrow().split(",");
      assertEquals(cells[cells.length - 1], scored[1], trial);
      assertTrue(scored[3].equals("normal") || scored[3].equals("anomalous"), answer.out());
      assertEquals(!trial.equals("mkd"), Files.exists(maps.resolve("one.tiff")), trial);
    }
    Cli reported = Cli.dyad("report", students.toString(), "--quiet", "--sample", "24");
    assertEquals(0, reported.exitCode(), reported.err());
    JsonNode data = ReportCommandTest.data(students.resolve("report.html"));
    JsonNode rd4ad = data.get("trials").get(0);
    assertEquals("rd4ad", rd4ad.get("name").asText());
    JsonNode student = data.get("samples").get(rd4ad.get("sample").asInt()).get("method");
    assertNotEquals(
        student.get("histograms").get(0), student.get("histograms").get(1), "first and last step");
    assertEquals(20, student.get("embeddings").get(0).size());
    assertNotEquals(student.get("embeddings").get(0), student.get("embeddings").get(1));
  }

  private static byte[] bytes(String path) throws IOException {
    for (Sample sample :
        Datasets.layout("builtin:made-parts").read(folder, SplitRequest.all()).test()) {
      if (sample.path().equals(path)) {
        return sample.image().open().readAllBytes();
      }
    }
    throw new AssertionError("no image " + path);
  }

  @Test
  void what_is_mistyped_is_told_with_the_nearest_word() throws IOException {
    Cli.assertMistakesAreTold(
        folder,
        EXPERIMENT,
        new String[][] {
          {"method: patchcore}", "method: patchcor}", "Did you mean \"patchcore\"?"},
          {"options.knn.neighbours: 3", "options.knn.neighbors: 3", "options.knn.neighbours?"},
          {"options.knn.neighbours: 3", "options.kn.neighbours: 3", "options.knn?"},
          {"options.knn.neighbours: 3", "options.knn.neighbours: 0", "expected at least 1"},
        });
  }
}
