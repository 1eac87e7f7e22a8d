package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class BestCheckpointTest {
  @TempDir Path folder;

  /** The rate is far too large, so that the last weights are not the best ones. */
  private Path run(String kept, double holdBack) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve(kept + ".yaml"),
            """
            base:
              data: {dataset: "builtin:fashion-mnist-small", splits: [A], size: {resize: 32, crop: 32},
                     limitTrain: 60, limitTest: 20}
              features.keep: no
              objective.objective: encoder-only
              anomaly.fusion: encoder
              optimizer: {learningRate: 0.05, floor: constant}
              training: {iterations: 12, holdBack: %s, checkpoint: %s}
            """
                .formatted(holdBack, kept));
    Path results = folder.resolve(kept);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            new PrintStream(new ByteArrayOutputStream()),
            new PrintStream(err, true),
            "run",
            file.toString(),
            "--smoke",
            "--quiet",
            "--results",
            results.toString());
    if (holdBack == 0) {
      assertEquals(Main.FAILED, code);
      assertTrue(err.toString(StandardCharsets.UTF_8).contains("training.checkpoint is best"));
    } else {
      assertEquals(0, code, err.toString(StandardCharsets.UTF_8));
    }
    return results;
  }

  /** Mean of L_E over the images that were held back. */
  private static double heldBackLoss(Path results) throws IOException {
    try (Stream<Path> files = Files.walk(results.resolve("models"))) {
      Path csv = files.filter(f -> f.endsWith("held_back.csv")).findFirst().orElseThrow();
      List<String> lines = Files.readAllLines(csv);
      int column = List.of(lines.get(0).split(",")).indexOf("score_encoder_all");
      return lines.stream()
          .skip(1)
          .mapToDouble(line -> Double.parseDouble(line.split(",", -1)[column]))
          .average()
          .orElseThrow();
    }
  }

  @Test
  void best_weights_explain_the_held_back_images_better_than_the_last() throws IOException {
    double last = heldBackLoss(run("last", 0.2));
    double best = heldBackLoss(run("best", 0.2));
    assertTrue(best < last, best + " < " + last);
  }

  @Test
  void nothing_to_choose_by_is_told() throws IOException {
    run("best", 0);
  }
}
