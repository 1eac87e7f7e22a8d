package io.github.dyad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Goldens: scikit-learn 1.2.1 and scikit-image 0.19.3, recipe
 * src/test/recipes/metric_pixel_goldens.py. Tolerance 1e-6 is what is promised; both sides count in
 * integers and add doubles, so 1e-12 is what is seen.
 */
class PixelMetricsTest {
  private static final double TOLERANCE = 1e-6;

  @Test
  void pixel_metrics_equal_scikit_learn_and_the_rules_of_MVTec_and_Dinomaly() {
    byte[] masks = Goldens.bytes("pixel_masks.u8");
    for (CSVRecord golden : Goldens.csv("pixel_metrics.csv")) {
      GoldenCase c = new GoldenCase(golden);
      PixelMetrics metrics = new PixelMetrics();
      for (int i = 0; i < c.maps; i++) {
        metrics.add(c.map(i), c.mask(masks, c.offset + i * c.pixels), c.width);
      }
      PixelMetrics.Values values = metrics.values();
      c.expect("auroc", values.auroc());
      c.expect("ap", values.averagePrecision());
      c.expect("f1_max", values.f1Max());
      c.expect("iou_max", values.iouMax());
      c.expect("aupro_0.3", values.aupro());
      c.expect("aupro_dinomaly", values.auproDinomaly().orElseThrow());
      c.expect("aupro_0.05", metrics.values(0.05).aupro());
      c.expect("aupro_1.0", metrics.values(1.0).aupro());
      assertEquals(0, values.errorBound(), c.name);
      assertEquals(0.3, values.fprLimit());
    }
  }

  @Test
  void saturated_overlap_equals_the_rule_of_MVTec_LOCO_for_overlapping_defects() {
    byte[] parts = Goldens.bytes("pixel_defects.u8");
    for (CSVRecord golden : Goldens.csv("pixel_metrics.csv")) {
      GoldenCase c = new GoldenCase(golden);
      PixelMetrics metrics = new PixelMetrics();
      for (int i = 0; i < c.maps; i++) {
        List<SaturatedRegion> defects = new ArrayList<>();
        for (CSVRecord defect : Goldens.csv("pixel_defects.csv")) {
          if (defect.get("case").equals(c.name) && Integer.parseInt(defect.get("map")) == i) {
            boolean[] part = c.mask(parts, Integer.parseInt(defect.get("offset")));
            defects.add(new SaturatedRegion(part, Integer.parseInt(defect.get("saturation"))));
          }
        }
        metrics.add(c.map(i), defects);
      }
      c.expect("spro_0.3", metrics.values().aupro());
      c.expect("spro_0.05", metrics.values(0.05).aupro());
      c.expect("spro_1.0", metrics.values(1.0).aupro());
      c.expect("auroc", metrics.values().auroc());
      c.expect("ap", metrics.values().averagePrecision());
    }
  }

  @Test
  void pixel_values_equal_image_metrics_of_the_same_numbers() {
    for (long seed = 0; seed < 30; seed++) {
      MadeMaps maps = new MadeMaps(seed, 6, 20, 25);
      PixelMetrics.Values values = maps.addTo(new PixelMetrics(), 0, maps.count).values();
      ImageMetrics image = maps.asScores();
      assertEquals(image.auroc(), values.auroc(), 1e-12, maps.summary());
      assertEquals(image.averagePrecision(), values.averagePrecision(), 1e-12, maps.summary());
      assertEquals(image.f1Max(), values.f1Max(), 1e-12, maps.summary());
    }
  }

  @Test
  void regions_of_one_pixel_make_the_full_overlap_area_the_auroc() {
    // then the overlap curve is the ROC curve
    float[] map = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};
    boolean[] mask = new boolean[12];
    mask[0] = mask[5] = mask[7] = mask[10] = true; // rows of one pixel: neighbours are above, below
    PixelMetrics metrics = new PixelMetrics();
    metrics.add(map, mask, 12);
    PixelMetrics.Values values = metrics.values(1.0);
    assertEquals(values.auroc(), values.aupro(), 1e-15);
  }

  @Test
  void the_order_of_the_maps_does_not_count() {
    MadeMaps maps = new MadeMaps(3, 8, 20, 25);
    PixelMetrics forward = maps.addTo(new PixelMetrics(), 0, 8);
    PixelMetrics rotated = maps.addTo(maps.addTo(new PixelMetrics(), 4, 8), 0, 4);
    assertClose(forward.values(), rotated.values(), 1e-12);
    assertEquals(8, rotated.maps());
  }

  @Test
  void values_may_be_asked_between_two_maps() {
    MadeMaps maps = new MadeMaps(4, 8, 20, 25);
    PixelMetrics asked = new PixelMetrics();
    for (int i = 0; i < 8; i++) {
      maps.addTo(asked, i, i + 1);
      if (i >= 5) {
        asked.values();
      }
    }
    assertClose(maps.addTo(new PixelMetrics(), 0, 8).values(), asked.values(), 1e-12);
  }

  @Test
  void an_empty_mask_is_that_of_a_normal_image() {
    MadeMaps maps = new MadeMaps(5, 4, 20, 25);
    PixelMetrics one = maps.addTo(new PixelMetrics(), 0, 4);
    PixelMetrics other = maps.addTo(new PixelMetrics(), 0, 4);
    float[] extra = maps.map(0);
    one.addNormal(extra);
    other.add(extra, new boolean[extra.length], 25);
    assertEquals(one.values(), other.values());
  }

  @Test
  void infinite_scores_rank_above_and_below_all_others() {
    float inf = Float.POSITIVE_INFINITY;
    boolean[] mask = {false, true, false, true};
    PixelMetrics infinite = new PixelMetrics();
    infinite.add(new float[] {-inf, -inf, 0, inf}, mask, 2);
    PixelMetrics finite = new PixelMetrics();
    finite.add(new float[] {-9, -9, 0, 9}, mask, 2);
    assertEquals(finite.values().auroc(), infinite.values().auroc());
    assertEquals(finite.values().aupro(), infinite.values().aupro());
    assertTrue(infinite.values().auproDinomaly().isEmpty(), "its thresholds need finite scores");
  }

  @Test
  void dinomalys_area_is_empty_where_its_rule_divides_by_zero() {
    PixelMetrics perfect = new PixelMetrics();
    perfect.add(new float[] {0, 0, 1, 0}, new boolean[] {false, false, true, false}, 2);
    assertTrue(perfect.values().auproDinomaly().isEmpty());
    assertEquals(1, perfect.values().aupro());
    PixelMetrics constant = new PixelMetrics();
    constant.add(new float[] {1, 1, 1, 1}, new boolean[] {false, false, true, false}, 2);
    assertTrue(constant.values().auproDinomaly().isEmpty());
    assertEquals(0.5, constant.values().auroc());
  }

  @Test
  void what_is_undefined_or_does_not_fit_is_refused_in_one_line() {
    PixelMetrics metrics = new PixelMetrics();
    metrics.addNormal(new float[4]);
    assertEquals(
        "pixel metrics need normal and anomalous pixels; of 4 pixels in 1 maps 0 are anomalous",
        assertThrows(InputException.class, metrics::values).getMessage());
    assertEquals(
        "pixel 1 of 2 of the map is NaN; metrics need numbers",
        assertThrows(InputException.class, () -> metrics.addNormal(new float[] {0, Float.NaN}))
            .getMessage());
    assertEquals(
        "the map has 4 pixels, but its mask has 6",
        assertThrows(InputException.class, () -> metrics.add(new float[4], new boolean[6], 2))
            .getMessage());
    assertThrows(InputException.class, () -> metrics.values(0));
    assertThrows(InputException.class, () -> metrics.values(1.5));
    assertEquals(1, metrics.maps(), "a refused map leaves nothing behind");
  }

  @Test
  void beyond_the_exact_pixels_the_true_value_lies_within_the_stated_bound() {
    for (long seed = 0; seed < 20; seed++) {
      MadeMaps maps = new MadeMaps(seed, 400, 20, 25);
      PixelMetrics.Values exact = maps.addTo(new PixelMetrics(), 0, maps.count).values();
      PixelMetrics bounded = maps.addTo(new PixelMetrics(30_000, 5_000), 0, maps.count);
      PixelMetrics.Values near = bounded.values();
      assertFalse(near.errorBound() == 0, maps.summary());
      // small batches and few bins, so the bound is far above the one of the default sizes
      assertTrue(near.errorBound() < 0.05, () -> near + " " + maps.summary());
      assertClose(exact, near, near.errorBound() + 1e-12);
    }
  }

  @Test
  @Tag("slow")
  void with_the_default_sizes_the_bound_is_below_1e_4_and_the_true_value_within_it() {
    MadeMaps maps = new MadeMaps(1, 1_500, 256, 256);
    PixelMetrics.Values exact =
        maps.addTo(new PixelMetrics(1 << 27, 1 << 10), 0, maps.count).values();
    assertEquals(0, exact.errorBound());
    PixelMetrics.Values near = maps.addTo(new PixelMetrics(), 0, maps.count).values();
    assertTrue(near.errorBound() > 0 && near.errorBound() < 1e-4, near::toString);
    assertClose(exact, near, near.errorBound());
  }

  private static void assertClose(
      PixelMetrics.Values expected, PixelMetrics.Values actual, double tolerance) {
    assertEquals(expected.auroc(), actual.auroc(), tolerance);
    assertEquals(expected.averagePrecision(), actual.averagePrecision(), tolerance);
    assertEquals(expected.f1Max(), actual.f1Max(), tolerance);
    assertEquals(expected.iouMax(), actual.iouMax(), tolerance);
    assertEquals(expected.aupro(), actual.aupro(), tolerance);
  }

  /** One line of pixel_metrics.csv with its maps. */
  private static final class GoldenCase {
    final CSVRecord golden;
    final String name;
    final int maps;
    final int width;
    final int pixels;
    final int offset;
    final ByteBuffer scores =
        ByteBuffer.wrap(Goldens.bytes("pixel_maps.f32")).order(ByteOrder.LITTLE_ENDIAN);

    GoldenCase(CSVRecord golden) {
      this.golden = golden;
      name = golden.get("case");
      maps = Integer.parseInt(golden.get("maps"));
      width = Integer.parseInt(golden.get("width"));
      pixels = width * Integer.parseInt(golden.get("height"));
      offset = Integer.parseInt(golden.get("offset"));
    }

    float[] map(int i) {
      float[] map = new float[pixels];
      scores.asFloatBuffer().get(offset + i * pixels, map);
      return map;
    }

    boolean[] mask(byte[] bytes, int from) {
      boolean[] mask = new boolean[pixels];
      for (int p = 0; p < pixels; p++) {
        mask[p] = bytes[from + p] != 0;
      }
      return mask;
    }

    void expect(String metric, double actual) {
      assertEquals(
          Double.parseDouble(golden.get(metric)), actual, TOLERANCE, () -> name + " " + metric);
    }
  }

  /** Smooth random maps, of which every second one has a raised rectangle as its defect. */
  private static final class MadeMaps {
    final long seed;
    final int count;
    final int height;
    final int width;
    private final float[][] maps;
    private final boolean[][] masks;

    MadeMaps(long seed, int count, int height, int width) {
      this.seed = seed;
      this.count = count;
      this.height = height;
      this.width = width;
      maps = new float[count][height * width];
      masks = new boolean[count][height * width];
      Random random = new Random(seed);
      for (int i = 0; i < count; i++) {
        // every second seed drifts: what is binned first says little about what comes last
        double level = seed % 2 == 0 ? 0.2 * random.nextGaussian() : 0.01 * i;
        int top = random.nextInt(height - 4);
        int left = random.nextInt(width - 4);
        for (int p = 0; p < height * width; p++) {
          int row = p / width - top;
          int column = p % width - left;
          boolean inside = row >= 0 && row < 4 && column >= 0 && column < 4;
          masks[i][p] = i % 2 == 1 && inside && random.nextInt(5) > 0;
          maps[i][p] =
              (float) Math.exp(level + 0.5 * random.nextGaussian() + (masks[i][p] ? 1 : 0));
        }
      }
    }

    float[] map(int i) {
      return maps[i];
    }

    PixelMetrics addTo(PixelMetrics metrics, int from, int to) {
      for (int i = from; i < to; i++) {
        metrics.add(maps[i], masks[i], width);
      }
      return metrics;
    }

    ImageMetrics asScores() {
      double[] scores = new double[count * height * width];
      boolean[] anomalous = new boolean[scores.length];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = maps[i / (height * width)][i % (height * width)];
        anomalous[i] = masks[i / (height * width)][i % (height * width)];
      }
      return ImageMetrics.of(scores, anomalous);
    }

    String summary() {
      return "seed " + seed + ", " + count + " maps of " + height + "x" + width;
    }
  }
}
