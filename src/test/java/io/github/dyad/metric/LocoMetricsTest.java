package io.github.dyad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dyad.InputException;
import io.github.dyad.metric.LocoMetrics.Defect;
import org.junit.jupiter.api.Test;

class LocoMetricsTest {
  @Test
  void each_kind_is_measured_against_all_normal_images_and_pooled_counts_every_image_once() {
    double[] scores = {1, 2, 3, 3, 3, 0};
    Defect[] defects = {
      Defect.NONE, Defect.NONE, Defect.LOGICAL, Defect.LOGICAL, Defect.LOGICAL, Defect.STRUCTURAL
    };
    LocoMetrics metrics = LocoMetrics.of(scores, defects);
    assertEquals(1, metrics.logical().auroc());
    assertEquals(0, metrics.structural().auroc());
    assertEquals(0.5, metrics.mean().auroc());
    assertEquals(0.75, metrics.pooled().auroc());
  }

  @Test
  void a_kind_without_an_image_is_refused() {
    assertThrows(
        InputException.class,
        () -> LocoMetrics.of(new double[] {1, 2}, new Defect[] {Defect.NONE, Defect.LOGICAL}));
  }

  @Test
  void saturation_is_a_share_or_a_number_of_pixels_of_the_defect_and_at_most_all_of_them() {
    boolean[] pixels = {true, true, true, true, true, false};
    assertEquals(2, SaturatedRegion.of(pixels, 0.5, true).saturation());
    assertEquals(5, SaturatedRegion.of(pixels, 1, true).saturation());
    assertEquals(1, SaturatedRegion.of(pixels, 0.1, true).saturation());
    assertEquals(3, SaturatedRegion.of(pixels, 3, false).saturation());
    assertEquals(5, SaturatedRegion.of(pixels, 300, false).saturation());
    assertThrows(InputException.class, () -> SaturatedRegion.of(pixels, 0, false));
    assertThrows(InputException.class, () -> SaturatedRegion.of(new boolean[6], 1, true));
    assertThrows(IllegalArgumentException.class, () -> new SaturatedRegion(pixels, 6));
  }
}
