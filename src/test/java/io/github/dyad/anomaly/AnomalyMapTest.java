package io.github.dyad.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dyad.tensor.Safetensors;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps against PyTorch; recipe: src/test/recipes/anomaly_map_goldens.py. */
class AnomalyMapTest {
  private static final AnomalyConfig DEFAULTS = AnomalyConfig.DEFAULTS;

  @ParameterizedTest
  @ValueSource(strings = {"4x6", "5x5"})
  void map_and_top_share_equal_pytorch(String grid) {
    Safetensors golden =
        Safetensors.read(
            Path.of("src/test/resources/goldens/anomaly/anomaly-map-" + grid + ".safetensors"));
    Map<String, String> meta = golden.metadata();
    int h = Integer.parseInt(meta.get("grid_height"));
    int w = Integer.parseInt(meta.get("grid_width"));
    int patch = Integer.parseInt(meta.get("patch"));
    AnomalyMap small = new AnomalyMap(sized(64), h, w, h * patch, w * patch);
    AnomalyMap large = new AnomalyMap(DEFAULTS, h, w, h * patch, w * patch);
    int images = (int) golden.tensors().get("distance1").shape()[0];
    for (int b = 0; b < images; b++) {
      double[] first = image(golden, "distance1", b);
      double[] second = image(golden, "distance2", b);
      float[] map = small.of(first, second);
      double[] expected = image(golden, "map64", b);
      for (int i = 0; i < map.length; i++) {
        assertEquals(expected[i], map[i], 1e-6, "image " + b + ", pixel " + i);
      }
      assertEquals(
          golden.tensors().get("decoder_score64").values()[b],
          AnomalyMap.topShare(map, 0.01),
          1e-6);
      assertEquals(
          golden.tensors().get("decoder_score256").values()[b],
          AnomalyMap.topShare(large.of(first, second), 0.01),
          1e-6);
    }
  }

  @Test
  void identical_features_give_a_zero_map() {
    AnomalyMap maps = new AnomalyMap(DEFAULTS, 3, 5, 42, 70);
    for (float pixel : maps.of(new double[15], new double[15])) {
      assertEquals(0, pixel, 0.0f);
    }
  }

  @Test
  void larger_distances_give_a_larger_map_everywhere() {
    AnomalyMap maps = new AnomalyMap(sized(32), 4, 4, 32, 32);
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      double[] low = random.doubles(16).toArray();
      double[] high = low.clone();
      high[random.nextInt(16)] += 0.5;
      float[] below = maps.of(low, low);
      float[] above = maps.of(high, low);
      for (int i = 0; i < below.length; i++) {
        int pixel = i;
        int s = seed;
        assertEquals(true, above[i] >= below[i] - 1e-7, () -> "seed " + s + ", pixel " + pixel);
      }
    }
  }

  @Test
  void the_top_share_is_at_least_one_pixel() {
    assertEquals(7, AnomalyMap.topShare(new float[] {1, 7, 3}, 0.01), 0.0);
    assertEquals(5, AnomalyMap.topShare(new float[] {1, 7, 3}, 0.7), 0.0);
  }

  private static AnomalyConfig sized(int size) {
    return new AnomalyConfig(
        DEFAULTS.classTokens(),
        DEFAULTS.fusion(),
        DEFAULTS.decoderScore(),
        DEFAULTS.topShare(),
        DEFAULTS.temperature(),
        size,
        DEFAULTS.gaussianSize(),
        DEFAULTS.gaussianSigma());
  }

  private static double[] image(Safetensors golden, String name, int b) {
    float[] values = golden.tensors().get(name).values();
    int size = values.length / (int) golden.tensors().get(name).shape()[0];
    double[] image = new double[size];
    for (int i = 0; i < size; i++) {
      image[i] = values[b * size + i];
    }
    return image;
  }
}
