package io.github.dyad.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RadixSortTest {
  @Test
  void keys_are_sorted_for_every_range_from_one_value_to_all_integers() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int count = random.nextInt(3000);
      int bits = (int) (seed % 33);
      int base = random.nextInt();
      int[] keys = new int[count];
      for (int i = 0; i < count; i++) {
        // a range that wraps past the largest integer is cut there
        long key = base + (bits == 0 ? 0 : random.nextInt() >>> (32 - bits));
        keys[i] = (int) Math.min(key & 0xffffffffL, Integer.MAX_VALUE);
      }
      int[] expected = keys.clone();
      Arrays.sort(expected);
      long[] elements = new long[count];
      for (int i = 0; i < count; i++) {
        elements[i] = ((long) keys[i] << 32) | i;
      }
      long[] expectedElements = elements.clone();
      Arrays.sort(expectedElements); // stable: equal keys stay in the order of their index
      int[] sorted = RadixSort.sort(keys, new int[count], count);
      assertArrayEquals(expected, Arrays.copyOf(sorted, count), "seed " + seed);
      long[] sortedElements = RadixSort.sort(elements, new long[count], count);
      assertArrayEquals(expectedElements, Arrays.copyOf(sortedElements, count), "seed " + seed);
    }
  }

  @Test
  void keys_rank_as_their_scores_do_and_give_them_back() {
    float[] ascending = {
      Float.NEGATIVE_INFINITY,
      -Float.MAX_VALUE,
      -1,
      -1e-45f,
      0,
      1e-45f,
      1e-38f,
      1,
      2,
      Float.MAX_VALUE,
      Float.POSITIVE_INFINITY
    };
    for (int i = 1; i < ascending.length; i++) {
      assertTrue(ScoreKeys.of(ascending[i - 1]) < ScoreKeys.of(ascending[i]), "at " + i);
      assertEquals(ascending[i], ScoreKeys.score(ScoreKeys.of(ascending[i])));
    }
    assertEquals(ScoreKeys.of(0f), ScoreKeys.of(-0f));
    assertTrue(ScoreKeys.BELOW_ALL < ScoreKeys.of(Float.NEGATIVE_INFINITY));
  }

  @Test
  void the_key_at_most_a_threshold_parts_the_scores_above_it_from_the_rest() {
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      float score = (float) random.nextGaussian();
      double threshold = score + random.nextInt(3) * 1e-12 - 1e-12;
      int key = ScoreKeys.atMost(threshold);
      assertEquals(score > threshold, ScoreKeys.of(score) > key);
      assertTrue(ScoreKeys.score(key) <= threshold);
    }
  }
}
