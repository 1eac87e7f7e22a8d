package io.github.dyad.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.metric.ImageMetrics;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FiguresTest {

  @Test
  void the_area_under_the_shown_curve_is_the_metric() {
    for (long seed = 0; seed < 50; seed++) {
      Scores scores = Scores.random(seed, seed % 2 == 0 ? 7 : 1000);
      RankingCurve curve = RankingCurve.of(scores.ranks, scores.anomalous);
      double area = 0;
      for (int i = 1; i < curve.roc().size(); i++) {
        double[] a = curve.roc().get(i - 1);
        double[] b = curve.roc().get(i);
        area += (b[0] - a[0]) * (a[1] + b[1]) / 2;
      }
      assertArrayEquals(new double[] {0, 0}, curve.roc().get(0));
      assertArrayEquals(new double[] {1, 1}, curve.roc().get(curve.roc().size() - 1));
      // Thinned to steps of 1/120: a triangle of that size at every step at most.
      assertEquals(
          ImageMetrics.auroc(scores.ranks, scores.anomalous), area, 1.0 / 120, "seed " + seed);
    }
  }

  @Test
  void mean_wrongness_is_what_the_auroc_lacks() {
    for (long seed = 0; seed < 50; seed++) {
      Scores scores = Scores.random(seed, Integer.MAX_VALUE);
      double[] wrong = Wrongness.of(scores.ranks, scores.anomalous);
      double[] sums = new double[2];
      double[] counts = new double[2];
      for (int i = 0; i < wrong.length; i++) {
        sums[scores.anomalous[i] ? 1 : 0] += wrong[i];
        counts[scores.anomalous[i] ? 1 : 0]++;
      }
      double missing = 1 - ImageMetrics.auroc(scores.ranks, scores.anomalous);
      assertEquals(missing, sums[0] / counts[0], 1e-12, "normal images, seed " + seed);
      assertEquals(missing, sums[1] / counts[1], 1e-12, "anomalous images, seed " + seed);
    }
  }

  @Test
  void each_class_of_a_histogram_adds_up_to_one() {
    Scores scores = Scores.random(3, 5);
    Histogram histogram = Histogram.of(scores.ranks, scores.anomalous);
    assertEquals(1, Arrays.stream(histogram.normal()).sum(), 1e-12);
    assertEquals(1, Arrays.stream(histogram.anomalous()).sum(), 1e-12);
  }

  @Test
  void equal_scores_make_one_bin() {
    Histogram histogram = Histogram.of(new double[] {2, 2, 2}, new boolean[] {true, false, false});
    assertEquals(2, histogram.from());
    assertEquals(1, histogram.normal()[0]);
  }

  @Test
  void features_that_are_the_same_in_all_images_have_no_variance() {
    float[] a = {1, 2, 5, 5};
    float[] b = {3, 2, 5, 5};
    assertArrayEquals(
        new double[] {0.5, 0}, FeatureVariance.of(List.of(a, b), 2), 1e-12); // ((2/2)² + 0)/2, 0
  }

  @Test
  void no_text_of_the_data_can_end_the_script() {
    String json = Page.json(Map.of("path", "</script><script>alert(1)</script>"));
    assertFalse(json.contains("<"), json);
  }

  @Test
  void what_is_no_number_is_null() {
    assertNull(Numbers.of(Double.NaN));
    assertEquals(0.12346, Numbers.of(0.123456789));
  }

  @Test
  void the_charts_ask_for_no_source_map() {
    assertTrue(Page.text(Page.CHARTS).contains("sourceMappingURL"));
    String page = Page.of("report", Map.of("rows", List.of()));
    assertFalse(page.contains("sourceMappingURL"));
    assertFalse(page.contains("/*script*/") || page.contains("/*data*/"));
  }

  private record Scores(double[] ranks, boolean[] anomalous) {
    static Scores random(long seed, int distinct) {
      Random random = new Random(seed);
      int n = 20 + random.nextInt(300);
      double[] ranks = new double[n];
      boolean[] anomalous = new boolean[n];
      for (int i = 0; i < n; i++) {
        anomalous[i] = i == 0 || i != 1 && random.nextBoolean();
        ranks[i] =
            distinct == Integer.MAX_VALUE
                ? random.nextGaussian() + (anomalous[i] ? 1 : 0)
                : random.nextInt(distinct) + (anomalous[i] ? 1 : 0);
      }
      return new Scores(ranks, anomalous);
    }
  }
}
