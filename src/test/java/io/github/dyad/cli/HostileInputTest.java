package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageRef;
import io.github.dyad.experiment.MemoryFolder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of files that are broken, lie, or change: one line, and exit code 2 or 1. */
final class HostileInputTest {
  private static final String EXPERIMENT =
      """
      name: own
      base:
        preset: paper-semantic
        data: {dataset: mvtec-ad, root: data, size: {resize: 64, crop: 64}}
        features.keep: no
        objective.objective: encoder-only
        anomaly.fusion: encoder
        training: {iterations: 2, batchSize: 4, holdBack: 0.2}
      """;

  @TempDir(factory = MemoryFolder.class)
  private static Path folder;

  private static Path model;

  private record Answer(int code, String out, List<String> err) {}

  private static Answer dyad(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Main.run(new PrintStream(out, true), new PrintStream(err, true), args);
    return new Answer(
        code,
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8).lines().toList());
  }

  /** One category in MVTec's layout, and a model of it. */
  @BeforeAll
  static void train_on_own_images() throws IOException {
    Random random = new Random(0);
    for (int i = 0; i < 10; i++) {
      image(random, folder.resolve("data/nut/train/good/" + i + ".png"));
      image(random, folder.resolve("data/nut/test/" + (i < 5 ? "good/" : "bent/") + i + ".png"));
      if (i >= 5) {
        image(random, folder.resolve("data/nut/ground_truth/bent/" + i + "_mask.png"));
      }
    }
    Answer answer = run("first");
    assertEquals(0, answer.code, answer.toString());
    try (Stream<Path> models = Files.list(folder.resolve("first/models"))) {
      model = models.findFirst().orElseThrow();
    }
  }

  private static void image(Random random, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
    for (int p = 0; p < 64 * 64; p++) {
      image.getRaster().setSample(p % 64, p / 64, 0, random.nextInt(256));
    }
    ImageIO.write(image, "png", file.toFile());
  }

  private static Answer run(String results) throws IOException {
    Path file = Files.writeString(folder.resolve("own.yaml"), EXPERIMENT);
    String into = folder.resolve(results).toString();
    return dyad("run", file.toString(), "--smoke", "--quiet", "--workers", "1", "--results", into);
  }

  private static void refused(String words, String... args) {
    long start = System.nanoTime();
    Answer answer = dyad(args);
    long millis = (System.nanoTime() - start) / 1_000_000;
    assertEquals(2, answer.code, answer.toString());
    assertEquals(1, answer.err.size(), answer.toString());
    assertTrue(answer.err.get(0).startsWith("dyad: "), answer.toString());
    assertTrue(answer.err.get(0).contains(words), answer.toString());
    assertTrue(millis < 2000, millis + " ms");
  }

  @Test
  void a_formula_is_no_score() throws IOException {
    Path csv =
        Files.writeString(
            folder.resolve("scores.csv"), "score,label\n\"=cmd|'/C calc'!A0\",1\n0.1,0\n");
    refused("scores.csv", "metrics", csv.toString());
  }

  @Test
  void a_tag_makes_no_object() throws IOException {
    Path yaml =
        Files.writeString(
            folder.resolve("tag.yaml"), "base: !!javax.script.ScriptEngineManager {}\n");
    refused("tag.yaml:1: the tag", "run", yaml.toString());
  }

  @Test
  void a_changed_weight_is_refused() throws IOException {
    Path copy = copyOfModel("changed");
    Path weights = copy.resolve("weights.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
    String image = folder.resolve("data/nut/test/good/0.png").toString();
    refused("not as the training wrote it", "score", copy.toString(), image);
    assertEquals(0, dyad("score", model.toString(), image).code);
  }

  @Test
  @Tag("slow")
  void models_without_record_are_read_with_care() throws IOException {
    String image = folder.resolve("data/nut/test/good/0.png").toString();
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      Path copy = copyOfModel("model" + seed);
      Files.delete(copy.resolve("training.json"));
      String name = List.of("model.json", "held_back.csv").get(seed % 2);
      StringBuilder text = new StringBuilder(Files.readString(copy.resolve(name)));
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.setLength(at);
        case 1 -> text.setCharAt(at, "0-9\"{}[],:nE".charAt(random.nextInt(12)));
        default -> text.insert(at, List.of("9999999999", "-", "null", "\"").get(random.nextInt(4)));
      }
      Files.writeString(copy.resolve(name), text);
      Answer answer = dyad("score", copy.toString(), image);
      assertTrue(answer.code == 0 || answer.code == 2, "seed " + seed + ": " + answer);
      assertTrue(answer.err.size() <= 1, "seed " + seed + ": " + answer);
    }
  }

  private static Path copyOfModel(String name) throws IOException {
    Path copy = Files.createDirectories(folder.resolve(name));
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.toList()) {
        if (!file.endsWith("graph.fb")) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
    }
    return copy;
  }

  @Test
  void an_unreadable_image_is_one_line_and_what_was_finished_stays() throws IOException {
    Path image = folder.resolve("data/nut/test/good/3.png");
    byte[] whole = Files.readAllBytes(image);
    Files.write(image, Arrays.copyOf(whole, whole.length / 2));
    try {
      Answer answer = run("broken");
      assertEquals(1, answer.code, answer.toString());
      assertEquals(2, answer.err.size(), answer.toString());
      assertTrue(answer.err.get(0).contains(image.toString()), answer.toString());
    } finally {
      Files.write(image, whole);
    }
    Answer again = run("broken");
    assertEquals(0, again.code, again.toString());
    assertEquals(
        Files.readString(folder.resolve("first/results.csv")),
        Files.readString(folder.resolve("broken/results.csv")));
  }

  @Test
  void an_image_that_changes_during_the_run_is_named() throws IOException {
    Path other = folder.resolve("watched.png");
    image(new Random(1), other);
    assertEquals(0, run("watched").code); // takes the checksums of all images
    Path image = folder.resolve("data/nut/train/good/1.png");
    byte[] whole = Files.readAllBytes(image);
    try {
      Files.copy(other, image, StandardCopyOption.REPLACE_EXISTING);
      Files.setLastModifiedTime(image, FileTime.fromMillis(0));
      try {
        ImageReader.decode(ImageRef.file(image));
        throw new AssertionError("read without complaint");
      } catch (InputException e) {
        assertTrue(e.getMessage().startsWith(image + ": the file has changed"), e.getMessage());
      }
    } finally {
      Files.write(image, whole);
    }
  }

  @Test
  void a_results_folder_that_cannot_be_written_is_one_line() throws IOException {
    Path file = Files.writeString(folder.resolve("a-file"), "");
    Answer answer = run("a-file/results");
    assertEquals(2, answer.code, answer.toString());
    assertEquals(1, answer.err.size(), answer.toString());
    assertTrue(answer.err.get(0).contains(file.toString()), answer.toString());
    assertFalse(Files.isDirectory(file));
  }
}
