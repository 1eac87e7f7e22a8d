package io.github.dyad.experiment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import io.github.dyad.data.ImageRef;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Sample;
import io.github.dyad.metric.ImageMetrics;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PixelScoresTest {
  private static final int SIDE = 8;

  @TempDir Path folder;

  private TrialConfig config(String yaml) throws IOException {
    Path file = folder.resolve("x.yaml");
    Files.writeString(
        file, "base: {data.size: {resize: 8, crop: 8}, anomaly.mapSize: 8, " + yaml + "}");
    return Experiment.read(file).trials(false).get(0).config();
  }

  /** An image of this size whose mask is a rectangle. */
  private Sample sample(String path, int width, int height, int value, int... x0y0x1y1)
      throws IOException {
    BufferedImage mask = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    ImageRef image = png("image/" + path, mask);
    for (int x = x0y0x1y1[0]; x < x0y0x1y1[2]; x++) {
      for (int y = x0y0x1y1[1]; y < x0y0x1y1[3]; y++) {
        mask.getRaster().setSample(x, y, 0, value);
      }
    }
    return new Sample(path, "c", true, "crack", image, List.of(png(path, mask)));
  }

  private ImageRef png(String path, BufferedImage image) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
    return ImageRef.file(file);
  }

  private static float[] map(long seed) {
    Random random = new Random(seed);
    float[] map = new float[SIDE * SIDE];
    for (int i = 0; i < map.length; i++) {
      map[i] = random.nextFloat();
    }
    return map;
  }

  @Test
  void pixels_are_those_of_the_mask_at_the_size_of_the_map() throws IOException {
    PixelScores scores = new PixelScores(config("data.dataset: mvtec-ad"));
    float[] normal = map(1);
    float[] anomalous = map(2);
    scores.add(sample("0.png", SIDE, SIDE, 255, 2, 3, 5, 8), anomalous);
    scores.add(Sample.normal("good", "c", ImageRef.file(Path.of("none"))), normal);

    double[] pixels = new double[2 * normal.length];
    boolean[] labels = new boolean[pixels.length];
    for (int i = 0; i < normal.length; i++) {
      pixels[i] = normal[i];
      pixels[normal.length + i] = anomalous[i];
      int x = i % SIDE;
      int y = i / SIDE;
      labels[normal.length + i] = x >= 2 && x < 5 && y >= 3;
    }
    ImageMetrics expected = ImageMetrics.of(pixels, labels);
    Map<ResultColumn, Double> values = scores.values();
    assertEquals(expected.auroc(), values.get(ResultColumn.PIXEL_AUROC), 1e-12);
    assertEquals(expected.averagePrecision(), values.get(ResultColumn.PIXEL_AP), 1e-12);
    assertEquals(expected.f1Max(), values.get(ResultColumn.PIXEL_F1_MAX), 1e-12);
    assertFalse(values.containsKey(ResultColumn.SPRO));
  }

  @Test
  void original_masks_are_judged_at_their_own_resolution() throws IOException {
    TrialConfig config = config("data.dataset: mvtec-ad, data.masks: original");
    float[] map = new float[SIDE * SIDE];
    Arrays.fill(map, 0.25f);
    for (int y = 2; y < 4; y++) {
      Arrays.fill(map, y * SIDE + 4, y * SIDE + 8, 1); // the quarter that is marked, enlarged
    }
    PixelScores scores = new PixelScores(config);
    scores.add(sample("1.png", 24, 16, 255, 12, 4, 24, 8), map);
    assertEquals(1, scores.values().get(ResultColumn.PIXEL_AUROC), 1e-12);
  }

  @Test
  void spro_counts_a_loco_defect_as_found_when_its_saturation_is_reached() throws IOException {
    Files.createDirectories(folder.resolve("c"));
    Files.writeString(
        folder.resolve("c/defects_config.json"),
        """
        [{"defect_name": "missing", "pixel_value": 255, "saturation_threshold": 4,
          "relative_saturation": false}]
        """);
    float[] map = new float[SIDE * SIDE];
    for (int i = 0; i < 4; i++) {
      map[i] = 1; // four of the sixteen pixels, and no other
    }
    for (String threshold : List.of("4", "16")) {
      Files.writeString(
          folder.resolve("c/defects_config.json"),
          Files.readString(folder.resolve("c/defects_config.json"))
              .replace("\"saturation_threshold\": 4", "\"saturation_threshold\": " + threshold));
      PixelScores scores = new PixelScores(config("data.dataset: mvtec-loco"));
      scores.add(
          sample("c/ground_truth/logical_anomalies/000/000.png", SIDE, SIDE, 255, 0, 0, 8, 2), map);
      // found in full at rate 0; or a quarter of it, and the line to (1, 1) as far as rate 0.05
      double expected = threshold.equals("4") ? 1 : 0.25 + 0.75 * 0.05 / 2;
      assertEquals(expected, scores.values().get(ResultColumn.SPRO), 1e-9, threshold);
    }
  }

  @Test
  void nothing_is_defined_without_an_anomalous_pixel_and_a_lacking_mask_is_told()
      throws IOException {
    PixelScores scores = new PixelScores(config("data.dataset: mvtec-ad"));
    scores.add(Sample.normal("good", "c", ImageRef.file(Path.of("none"))), map(1));
    assertEquals(Map.of(), scores.values());

    Sample bare =
        new Sample("2.png", "c", true, "crack", ImageRef.file(Path.of("2.png")), List.of());
    InputException refused = assertThrows(InputException.class, () -> scores.add(bare, map(1)));
    assertTrue(refused.getMessage().contains("metrics.pixel: false"), refused.getMessage());
  }

  @Test
  void a_map_laid_on_an_image_of_its_size_is_itself_and_zero_outside_the_crop() {
    float[] map = map(3);
    ImageSize whole = ImageSize.whole(SIDE);
    assertArrayEquals(map, new MapOnImage(SIDE, whole).of(map, SIDE, SIDE), 1e-6f);

    float[] laid = new MapOnImage(SIDE, new ImageSize(16, 8)).of(map, 16, 16);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        boolean inside = x >= 4 && x < 12 && y >= 4 && y < 12;
        float expected = inside ? map[(y - 4) * SIDE + x - 4] : 0;
        assertEquals(expected, laid[y * 16 + x], 1e-6f, x + ", " + y);
      }
    }
  }
}
