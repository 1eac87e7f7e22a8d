package io.github.dyad.student;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dyad.InputException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TappedLayersTest {
  private static List<Integer> middle(int depth) {
    TappedLayers tapped = TappedLayers.middle(depth);
    List<Integer> all = new ArrayList<>(tapped.first());
    all.addAll(tapped.second());
    return all;
  }

  @Test
  void vit_small_and_base_give_blocks_2_to_9_and_vit_large_every_second_from_4() {
    assertEquals(List.of(2, 3, 4, 5, 6, 7, 8, 9), middle(12));
    assertEquals(List.of(4, 6, 8, 10, 12, 14, 16, 18), middle(24));
    assertEquals(List.of(2, 3, 4, 5), TappedLayers.middle(12).first());
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6, 9, 13, 16, 18, 20, 32, 40})
  void any_depth_is_spread_evenly_over_its_middle(int depth) {
    List<Integer> layers = middle(depth);
    int from = (int) Math.round(depth / 6.0);
    int to = (int) Math.round(depth * 5 / 6.0) - 1;
    assertEquals(0, layers.size() % 2);
    assertEquals(from, layers.get(0));
    double step = (double) (to - from + 1) / layers.size();
    for (int i = 0; i < layers.size(); i++) {
      assertEquals((int) (from + i * step), layers.get(i), "layer " + i + " of " + layers);
    }
  }

  @Test
  void a_teacher_too_shallow_for_two_groups_is_refused() {
    assertThrows(InputException.class, () -> TappedLayers.middle(1));
  }
}
