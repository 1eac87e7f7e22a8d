package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.data.Datasets;
import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Sample;
import io.github.dyad.data.Setting;
import io.github.dyad.data.SplitRequest;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a user runs it, on the teacher and images inside Dyad. */
class RunAndScoreTest {
  private static final String EXPERIMENT =
      """
      name: tiny
      base:
        preset: paper-semantic
        data:
          dataset: builtin:fashion-mnist-small
          splits: [A]
          size: {resize: 32, crop: 32}
          limitTrain: 60
          limitTest: 20
        features.keep: no
        training: {iterations: 3, batchSize: 8, holdBack: 0.1}
      vary:
        row:
          - {name: noisy-or}
          - {name: encoder, objective.objective: encoder-only, anomaly.fusion: encoder}
          - {name: all, anomaly.classTokens: all}
          - {name: wide, anomaly: {topShare: 0.2, gaussianSigma: 1}}
      smoke: {training.seed: 0}
      """;

  @TempDir private static Path folder;
  private static Path experiment;
  private static Path results;

  @BeforeAll
  static void run_once() throws IOException {
    experiment = Files.writeString(folder.resolve("tiny.yaml"), EXPERIMENT);
    results = folder.resolve("two");
    Cli answer =
        Cli.dyad(
            "run",
            experiment.toString(),
            "--smoke",
            "--results",
            results.toString(),
            "--workers",
            "2");
    assertEquals(0, answer.exitCode(), answer.err());
    assertTrue(answer.out().contains("image_auroc"), answer.out());
  }

  @Test
  void one_worker_gives_the_bytes_of_two() throws IOException {
    Path one = folder.resolve("one");
    Cli answer =
        Cli.dyad(
            "run",
            experiment.toString(),
            "--smoke",
            "--results",
            one.toString(),
            "--workers",
            "1",
            "--quiet");
    assertEquals(0, answer.exitCode(), answer.err());
    assertEquals("", answer.err());
    for (Path file : filesBelow(results)) {
      String name = results.relativize(file).toString();
      if (name.startsWith("scores")
          || name.equals("results.csv")
          || name.endsWith(".safetensors")) {
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(one.resolve(name)), name);
      }
    }
  }

  @Test
  void a_second_run_changes_no_byte() throws IOException {
    byte[] before = Files.readAllBytes(results.resolve("results.csv"));
    Cli answer = Cli.dyad("run", experiment.toString(), "--smoke", "--results", results.toString());
    assertEquals(0, answer.exitCode(), answer.err());
    assertTrue(answer.err().contains("to do: 0 rows, 0 trainings"), answer.err());
    assertArrayEquals(before, Files.readAllBytes(results.resolve("results.csv")));
  }

  @Test
  void trials_that_differ_in_inference_share_a_training() throws IOException {
    try (Stream<Path> models = Files.list(results.resolve("models"))) {
      assertEquals(2, models.count());
    }
  }

  @Test
  void an_image_scores_as_in_the_run_to_the_last_bit() throws IOException {
    List<String> rows =
        Files.readAllLines(results.resolve("scores").resolve("noisy-or").resolve("A.csv"));
    Map<String, String> expected = new HashMap<>();
    for (String row : rows.subList(1, rows.size())) {
      String[] cells = row.split(",");
      expected.put(cells[0], cells[cells.length - 1]);
    }
    Path model = model(true);
    Path maps = folder.resolve("maps");
    int compared = 0;
    for (Sample sample : testImages()) {
      if (expected.containsKey(sample.path()) && compared < 3) {
        Path image = folder.resolve("image" + compared + ".pgm");
        Files.write(image, sample.image().open().readAllBytes());
        Cli answer =
            Cli.dyad("score", model.toString(), image.toString(), "--maps", maps.toString());
        assertEquals(0, answer.exitCode(), answer.err());
        String[] cells = answer.out().lines().skip(1).findFirst().orElseThrow().split(",");
        assertEquals(expected.get(sample.path()), cells[1], sample.path());
        assertTrue(cells[3].equals("normal") || cells[3].equals("anomalous"), answer.out());
        assertTrue(Files.size(maps.resolve("image" + compared + ".tiff")) > 256 * 256 * 4);
        assertTrue(Files.exists(maps.resolve("image" + compared + ".png")));
        compared++;
      }
    }
    assertEquals(3, compared);
  }

  @Test
  void a_trials_own_options_score_as_in_the_run() throws IOException {
    for (String trial : List.of("all", "wide", "encoder")) {
      Map<String, String> scores = new HashMap<>();
      for (String row : Files.readAllLines(results.resolve("scores/" + trial + "/A.csv"))) {
        scores.put(row.split(",")[0], row.substring(row.lastIndexOf(',') + 1));
      }
      Sample sample =
          testImages().stream().filter(s -> scores.containsKey(s.path())).findFirst().orElseThrow();
      Path image = folder.resolve("own.pgm");
      Files.write(image, sample.image().open().readAllBytes());
      Cli answer = Cli.dyad("score", results.toString(), image.toString(), "--trial", trial);
      assertEquals(0, answer.exitCode(), answer.err());
      String score = answer.out().lines().skip(1).findFirst().orElseThrow().split(",")[1];
      assertEquals(scores.get(sample.path()), score, trial);
    }
    Path image = folder.resolve("own.pgm");
    Cli unknown = Cli.dyad("score", results.toString(), image.toString(), "--trial", "nosuch");
    assertEquals(2, unknown.exitCode());
    assertTrue(unknown.err().contains("has no trial nosuch"), unknown.err());
  }

  @Test
  void a_jvm_without_dyad_opens_the_saved_graph_and_computes_the_scores_of_the_run()
      throws Exception {
    List<Double> expected = new ArrayList<>();
    Map<String, String> scores = new HashMap<>();
    for (String row : Files.readAllLines(results.resolve("scores/all/A.csv"))) {
      scores.put(row.split(",")[0], row.split(",")[4]); // score_encoder_all
    }
    ByteBuffer pixels = ByteBuffer.allocate(4 * 2 * 3 * 32 * 32).order(ByteOrder.LITTLE_ENDIAN);
    for (Sample sample : testImages()) {
      if (scores.containsKey(sample.path()) && pixels.hasRemaining()) {
        for (float value : ImageReader.load(sample.image(), ImageSize.whole(32))) {
          pixels.putFloat(value);
        }
        expected.add(Double.valueOf(scores.get(sample.path())));
      }
    }
    Path images = Files.write(folder.resolve("images.f32"), pixels.array());
    String withoutDyad =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.endsWith(".jar") && !entry.contains("dyad"))
            .collect(Collectors.joining(File.pathSeparator));
    Path log = folder.resolve("plain.log");
    Process plain =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                withoutDyad,
                Path.of("src/test/resources/plain/PlainSameDiff.java").toString(),
                model(true).resolve("graph.fb").toString(),
                images.toString(),
                "32")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertEquals(0, plain.waitFor(), () -> read(log));
    List<Double> losses =
        read(log)
            .lines()
            .filter(line -> line.startsWith("L_E "))
            .map(line -> Double.valueOf(line.substring(4)))
            .toList();
    assertEquals(2, losses.size(), () -> read(log));
    for (int i = 0; i < 2; i++) {
      // Fused and stock ops sum in another order.
      assertEquals(1, losses.get(i) / expected.get(i), 1e-5);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void losses_of_given_batches_are_written_at_full_precision() throws IOException {
    Path init = folder.resolve("init.safetensors");
    Path losses = folder.resolve("losses.csv");
    Path order = Files.writeString(folder.resolve("order.txt"), "0 1 2 3\n4,5,6,7\n");
    assertEquals(
        0, Cli.dyad("train", experiment.toString(), "--export-init", init.toString()).exitCode());
    Cli answer =
        Cli.dyad(
            "train",
            experiment.toString(),
            "--init",
            init.toString(),
            "--order",
            order.toString(),
            "--dropout",
            "0",
            "--dump-losses",
            losses.toString());
    assertEquals(0, answer.exitCode(), answer.err());
    List<String> lines = Files.readAllLines(losses);
    assertEquals("step,loss,loss_encoder,loss_decoder,weight_encoder,weight_decoder", lines.get(0));
    assertEquals(3, lines.size());
  }

  @Test
  void bad_input_is_one_line_and_code_2() throws IOException {
    Path bad =
        Files.writeString(
            folder.resolve("bad.yaml"), EXPERIMENT.replace("anomaly.fusion", "anomaly.fusoin"));
    Path odd =
        Files.writeString(
            folder.resolve("odd.yaml"),
            EXPERIMENT.replace("{resize: 32, crop: 32}", "{resize: 50, crop: 50}"));
    for (String[] args :
        new String[][] {
          {"run", "no-such.yaml"},
          {"run", bad.toString()},
          {"run", odd.toString()},
          {"score", folder.toString(), experiment.toString()},
          {"score", model(true).toString(), "no-such.png"},
          {"score", model(true).toString(), experiment.toString()},
          {"teacher", experiment.toString()},
          {"train", experiment.toString(), "--trial", "nosuch"},
        }) {
      Cli answer = Cli.dyad(args);
      assertEquals(2, answer.exitCode(), String.join(" ", args) + ": " + answer.err());
      String[] lines = answer.err().split("\n");
      assertTrue(lines[lines.length - 1].startsWith("dyad: "), answer.err());
    }
    String typo = Cli.dyad("run", bad.toString()).err();
    assertTrue(typo.contains("bad.yaml:") && typo.contains("fusion"), typo);
  }

  private static Path model(boolean both) throws IOException {
    for (Path file : filesBelow(results.resolve("models"))) {
      if (file.endsWith("model.json") && Files.readString(file).contains("NOISY_OR") == both) {
        return file.getParent();
      }
    }
    throw new AssertionError("no such model");
  }

  private static List<Sample> testImages() {
    return Datasets.layout("builtin:fashion-mnist-small")
        .read(
            folder,
            new SplitRequest(
                Setting.MULTI_CLASS, Set.of(), Set.of("0", "1", "2", "3", "4"), 0, 0, 0, 0, 0))
        .test();
  }

  private static List<Path> filesBelow(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
