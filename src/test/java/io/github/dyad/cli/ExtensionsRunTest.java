package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.experiment.ResultColumn;
import io.github.dyad.experiment.ResultRow;
import io.github.dyad.experiment.ResultTable;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A metric and an objective that are not Dyad's own, in a grid, as a user runs it. */
@Tag("slow")
class ExtensionsRunTest {
  private static final String EXPERIMENT =
      """
      name: own
      base:
        data: {dataset: "builtin:made-parts", size: {resize: 32, crop: 32}, limitTrain: 40, limitTest: 20}
        training: {iterations: 3, holdBack: 0.1, checkpoint: best}
        metrics: {pixel: false, extra: [precision-at]}
        anomaly.fusion: sum
      vary:
        row:
          - {name: sum, objective.objective: sum}
          - {name: one, objective.objective: scaled-sum}
          - {name: tenth, objective.objective: scaled-sum, options.scaled-sum.decoderWeight: 0.1}
          - {name: four, objective.objective: sum, options.precision-at.worst: 4}
          - {name: none, objective.objective: sum, metrics.extra: []}
      """;

  @TempDir private static Path folder;
  private static Path experiment;
  private static Path results;
  private static List<ResultRow> rows;

  @BeforeAll
  static void run_once() throws IOException {
    experiment = Files.writeString(folder.resolve("own.yaml"), EXPERIMENT);
    results = folder.resolve("results");
    Cli answer = Cli.dyad("run", experiment.toString(), "--results", results.toString());
    assertEquals(0, answer.exitCode(), answer.err());
    rows = ResultTable.read(results.resolve("results.csv"));
  }

  private static ResultRow row(String trial, String split) {
    return rows.stream()
        .filter(row -> row.get(ResultColumn.TRIAL).equals(trial))
        .filter(row -> row.get(ResultColumn.SPLIT).equals(split))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_metric_is_the_last_column_of_the_trials_that_name_it() throws IOException {
    String header = Files.readAllLines(results.resolve("results.csv")).get(0);
    assertTrue(header.endsWith(",pixel_error_bound,precision_at"), header);
    double bracket = Double.parseDouble(row("sum", "bracket").extra().get("precision_at"));
    double weave = Double.parseDouble(row("sum", "weave").extra().get("precision_at"));
    assertEquals(0, 5 * bracket % 1, 1e-12);
    assertEquals(
        (bracket + weave) / 2,
        Double.parseDouble(row("sum", "mean").extra().get("precision_at")),
        1e-15);
    assertEquals("", row("none", "mean").extra().get("precision_at"));
    double four = Double.parseDouble(row("four", "bracket").extra().get("precision_at"));
    assertEquals(0, 4 * four % 1, 1e-12);
    assertTrue(
        row("four", "mean").get(ResultColumn.ASSUMPTIONS).contains("options.precision-at.worst=4"));
  }

  /** The fused sum and the composed one round differently: 3 steps in float32. */
  @Test
  void a_sum_that_is_composed_trains_as_the_one_that_is_fused() throws IOException {
    List<String[]> fused = curve("sum");
    List<String[]> composed = curve("one");
    List<String[]> tenth = curve("tenth");
    String[] last = fused.get(fused.size() - 1);
    for (int column = 1; column < last.length; column++) {
      double value = Double.parseDouble(last[column]);
      assertEquals(
          value, Double.parseDouble(composed.get(3)[column]), 1e-5 * value, fused.get(0)[column]);
    }
    assertEquals("weight_decoder", tenth.get(0)[5]);
    assertEquals(0.1, Double.parseDouble(tenth.get(3)[5]), 1e-7);
    assertEquals(1, Double.parseDouble(tenth.get(3)[4]), 1e-7);
    assertEquals("scaled-sum", row("tenth", "mean").get(ResultColumn.OBJECTIVE));
    assertEquals("both", row("tenth", "mean").get(ResultColumn.STUDENTS));
    assertTrue(
        row("tenth", "mean")
            .get(ResultColumn.ASSUMPTIONS)
            .contains("options.scaled-sum.decoderWeight=0.1"));
  }

  private static List<String[]> curve(String trial) throws IOException {
    String manifest = Files.readString(results.resolve("manifest.json"));
    String of = manifest.substring(manifest.indexOf("\"name\" : \"" + trial + "\""));
    String key = of.substring(of.indexOf("\"training\" : \"", of.indexOf("\"rows\"")) + 14);
    return Files.readAllLines(
            results.resolve("curves").resolve(key.substring(0, key.indexOf('"')) + ".csv"))
        .stream()
        .map(line -> line.split(","))
        .toList();
  }

  @Test
  void trials_that_differ_in_metrics_share_their_training_and_others_do_not() throws IOException {
    try (Stream<Path> models = Files.list(results.resolve("models"))) {
      assertEquals(3, models.count()); // sum, one, tenth
    }
  }

  @Test
  void a_metric_is_taken_again_from_the_scores() throws IOException {
    Cli whole = Cli.dyad("verify", results.toString());
    assertEquals(0, whole.exitCode(), whole.out());
    Path csv = results.resolve("results.csv");
    String before = Files.readString(csv);
    String cell = row("sum", "weave").extra().get("precision_at");
    String line =
        before.lines().filter(l -> l.startsWith("sum,") && l.contains("weave")).findFirst().get();
    String changed = line.substring(0, line.length() - cell.length()) + "0.123";
    Files.writeString(csv, before.replace(line, changed));
    try {
      Cli answer = Cli.dyad("verify", results.toString());
      assertEquals(1, answer.exitCode());
      assertTrue(
          answer
              .out()
              .contains("precision_at of sum weave is \"0.123\"; its scores give \"" + cell + "\""),
          answer.out());
    } finally {
      Files.writeString(csv, before);
    }
  }

  @Test
  void a_model_of_an_own_objective_scores_with_its_options() throws IOException {
    Path image = folder.resolve("black.png");
    ImageIO.write(new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
    Cli answer = Cli.dyad("score", results.toString(), "--trial", "tenth", image.toString());
    assertEquals(0, answer.exitCode(), answer.err());
    try (Stream<Path> models = Files.list(results.resolve("models"))) {
      assertTrue(
          models.anyMatch(
              model -> {
                try {
                  return Files.readString(model.resolve("model.json"))
                      .contains("\"decoderWeight\" : 0.1");
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              }));
    }
    assertTrue(answer.out().contains("black.png,"), answer.out());
  }

  @Test
  void a_report_has_the_metrics_column() throws IOException {
    Cli answer = Cli.dyad("report", results.toString(), "--trials", "1", "--sample", "4");
    assertEquals(0, answer.exitCode(), answer.err());
    assertTrue(
        Files.readString(results.resolve("report.html")).contains("\"precision_at\""),
        "the page's columns");
  }

  @Test
  void a_search_goes_by_a_metric_of_ones_own() throws IOException {
    String search =
        EXPERIMENT.substring(0, EXPERIMENT.indexOf("vary:"))
            + "search: {trials: 2, score: precision-at, space: {optimizer.learningRate: [1e-3,"
            + " 1e-4]}}\n";
    Path file = Files.writeString(folder.resolve("search.yaml"), search);
    Path into = folder.resolve("search");
    Cli answer = Cli.dyad("search", file.toString(), "--results", into.toString());
    assertEquals(0, answer.exitCode(), answer.err());
    assertTrue(answer.out().contains(", precision_at "), answer.out());
    Cli whole = Cli.dyad("verify", into.toString());
    assertEquals(0, whole.exitCode(), whole.out());
    Files.writeString(file, search.replace("extra: [precision-at]", "extra: []"));
    Cli refused = Cli.dyad("search", file.toString(), "--results", into.toString());
    assertEquals(2, refused.exitCode());
    assertTrue(refused.err().contains("metrics.extra of the base does not name"), refused.err());
  }

  @Test
  void what_is_mistyped_is_told_with_the_nearest_word() throws IOException {
    Cli.assertMistakesAreTold(
        folder,
        EXPERIMENT,
        new String[][] {
          {"extra: [precision-at]", "extra: [precision-ot]", "Did you mean \"precision-at\"?"},
          {"extra: [precision-at]", "extra: [precision-at, precision-at]", "column precision_at"},
          {"objective: scaled-sum}", "objective: scaled-sun}", "Did you mean \"scaled-sum\"?"},
          {"options.precision-at.worst: 4", "options.precision-at.worst: 0", "at least 1"},
        });
  }
}
