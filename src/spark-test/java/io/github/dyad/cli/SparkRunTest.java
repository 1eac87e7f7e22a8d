package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.experiment.store.WholeFile;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark computes has the bytes of one machine. */
final class SparkRunTest {
  private static final String EXPERIMENT =
      """
      name: spark
      base:
        preset: paper-semantic
        data:
          dataset: builtin:fashion-mnist-small
          splits: [A]
          size: {resize: 32, crop: 32}
          limitTrain: 100
          limitTest: 40
        training: {iterations: 200, batchSize: 8}
      vary:
        row:
          - {name: noisy-or}
          - {name: all, anomaly.classTokens: all}
          - {name: encoder, objective.objective: encoder-only, anomaly.fusion: encoder}
          - {name: decoder, objective.objective: decoder-only, anomaly.fusion: decoder}
          - {name: hopeless, optimizer.learningRate: 1e30, optimizer.clipping: off}
      smoke: {training.iterations: 20}
      """;

  @TempDir private static Path folder;
  private static Path experiment;
  private static Path local;
  private static Path localSmoke;
  private static Cli localSmokeAnswer;

  private static Cli run(Path results, String... more) {
    String[] args = {"run", experiment.toString(), "--quiet", "--results", results.toString()};
    return Cli.dyad(Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new));
  }

  @BeforeAll
  static void run_on_one_machine() throws IOException {
    experiment = Files.writeString(folder.resolve("spark.yaml"), EXPERIMENT);
    localSmoke = folder.resolve("local-smoke");
    localSmokeAnswer = run(localSmoke, "--smoke");
    local = folder.resolve("local");
  }

  @Test
  @Tag("slow")
  void local_threads_give_the_bytes_of_one_machine_and_name_what_failed() {
    Path spark = folder.resolve("local-spark");
    Cli answer = run(spark, "--smoke", "--spark", "local[2]");
    assertEquals(1, answer.exitCode(), answer.err());
    assertEquals(deterministic(localSmoke), deterministic(spark));
    assertEquals(localSmokeAnswer.err(), answer.err());
    assertTrue(answer.err().contains("hopeless A failed: training: loss is NaN"), answer.err());
  }

  @Test
  @Tag("slow")
  void a_folder_scores_as_on_one_machine() throws IOException {
    Path images = folder.resolve("images");
    Random random = new Random(0);
    for (int i = 0; i < 150; i++) {
      Path file = images.resolve("part" + i % 3).resolve(i + ".png");
      Files.createDirectories(file.getParent());
      BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
      for (int p = 0; p < 32 * 32; p++) {
        image.setRGB(p % 32, p / 32, random.nextInt());
      }
      ImageIO.write(image, "png", file.toFile());
    }
    String model = bothStudents().toString();
    Cli here = Cli.dyad("score", model, images.toString(), "--workers", "1");
    assertEquals(0, here.exitCode(), here.err());
    Cli there = Cli.dyad("score", "--spark", "local[2]", model, images.toString());
    assertEquals(0, there.exitCode(), there.err());
    assertEquals(here.out(), there.out());
    assertEquals(151, there.out().lines().count());

    Files.writeString(images.resolve("part1/40.png"), "no image");
    Cli broken = Cli.dyad("score", "--spark", "local[2]", model, images.toString());
    assertEquals(2, broken.exitCode(), broken.err());
    assertEquals("dyad: " + images.resolve("part1/40.png"), broken.err().split(": not a")[0]);
    assertTrue(here.out().startsWith(broken.out()) && broken.out().contains("part0"), broken.out());
  }

  private static Path bothStudents() throws IOException {
    for (Path file : WholeFile.files(localSmoke.resolve("models"))) {
      if (file.endsWith("model.json") && Files.readString(file).contains("NOISY_OR")) {
        return file.getParent();
      }
    }
    throw new AssertionError("no model with both students");
  }

  /** A stand-alone master and two workers on loopback; one goes in the midst of its training. */
  @Test
  @Tag("nightly")
  void a_worker_that_is_killed_midway_changes_no_byte() throws Exception {
    assertEquals(1, run(local).exitCode());
    Path results = folder.resolve("cluster");
    try (StandAlone cluster = new StandAlone(folder.resolve("spark-home"))) {
      Thread killer = new Thread(() -> killWhenTraining(cluster, results));
      killer.start();
      System.setProperty("spark.executor.extraClassPath", System.getProperty("java.class.path"));
      System.setProperty("spark.executor.memory", "1g");
      Cli answer =
          run(results, "--spark", cluster.master(), "--checkpoint-seconds", "1");
      killer.join();
      assertEquals(1, answer.exitCode(), answer.err()); // of the hopeless one
      assertTrue(cluster.workerIsDead(), "the grid was done before a worker could be killed");
      assertEquals(deterministic(local), deterministic(results), answer.err());
    } finally {
      System.clearProperty("spark.executor.extraClassPath");
      System.clearProperty("spark.executor.memory");
    }
  }

  private static void killWhenTraining(StandAlone cluster, Path results) {
    try {
      Path checkpoints = results.resolve(".run/checkpoints");
      while (WholeFile.files(checkpoints).isEmpty()) {
        Thread.sleep(50);
      }
      cluster.killWorkerWithExecutors();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<String, String> deterministic(Path results) {
    Map<String, String> contents = new TreeMap<>();
    for (Path file : WholeFile.files(results)) {
      String name = results.relativize(file).toString().replace(File.separatorChar, '/');
      if (name.equals("results.csv") || name.startsWith("scores") || name.startsWith("curves")) {
        contents.put(name, WholeFile.read(file).orElseThrow());
      }
    }
    assertTrue(contents.size() > 5, contents.keySet().toString());
    return contents;
  }
}
