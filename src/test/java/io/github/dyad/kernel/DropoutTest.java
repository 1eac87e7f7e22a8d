package io.github.dyad.kernel;

import static io.github.dyad.kernel.Guarded.AT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DropoutTest {
  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void both_paths_drop_what_the_function_says(Kernels kernels) {
    for (int n : Samples.lengths()) {
      for (double probability : new double[] {0, 0.2, 0.4, 0.999}) {
        long key = Dropout.key(n, 3, 1, 2);
        double[] x = Samples.normal(n, n, 1);
        float scale = (float) (1 / (1 - probability));
        double[] expected = new double[n];
        for (int i = 0; i < n; i++) {
          expected[i] = Dropout.kept(key, 50 + i, probability) ? (float) x[i] * scale : 0;
        }
        Guarded y = Guarded.of(x); // in place
        kernels.dropout(key, 50, probability, y.floats, AT, y.floats, AT, n);
        assertArrayEquals(expected, y.values());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void a_split_draws_the_same_bits(Kernels kernels) {
    int n = 1000;
    long key = Dropout.key(1, 2, 3, 4);
    Guarded whole = Guarded.of(Samples.normal(1, n, 1));
    Guarded parts = Guarded.of(Samples.normal(1, n, 1));
    kernels.dropout(key, 0, 0.2, whole.floats, AT, whole.floats, AT, n);
    for (int from = 0; from < n; from += 77) {
      int count = Math.min(77, n - from);
      kernels.dropout(key, from, 0.2, parts.floats, AT + from, parts.floats, AT + from, count);
    }
    assertArrayEquals(whole.values(), parts.values());
  }

  @Test
  void the_share_of_dropped_elements_is_the_probability() {
    int n = 1 << 20;
    for (double probability : new double[] {0.01, 0.2, 0.4, 0.9}) {
      int dropped = n - count(Dropout.key(7, 0, 0, 0), n, probability);
      double deviation = Math.sqrt(n * probability * (1 - probability));
      assertEquals(n * probability, dropped, 5 * deviation, "p = " + probability);
    }
    assertEquals(n, count(Dropout.key(7, 0, 0, 0), n, 0));
  }

  @Test
  void masks_of_neighbouring_seeds_steps_images_sites_and_elements_are_independent() {
    int n = 1 << 16;
    long[][] pairs = {
      {Dropout.key(1, 5, 0, 0), Dropout.key(2, 5, 0, 0)},
      {Dropout.key(1, 5, 0, 0), Dropout.key(1, 6, 0, 0)},
      {Dropout.key(1, 5, 0, 0), Dropout.key(1, 5, 1, 0)},
      {Dropout.key(1, 5, 0, 0), Dropout.key(1, 5, 0, 1)},
      {Dropout.key(1, 5, 1, 0), Dropout.key(1, 5, 0, 1)},
    };
    for (long[] pair : pairs) {
      for (int shift : new int[] {0, 1, 192, 768}) {
        assertIndependent(pair[0], pair[1], shift, n);
      }
    }
    for (int shift : new int[] {1, 2, 64, 192, 768, 4096}) {
      assertIndependent(pairs[0][0], pairs[0][0], shift, n);
    }
  }

  @Test
  void every_bit_of_the_hash_is_set_half_of_the_time() {
    int n = 1 << 16;
    int[] set = new int[Integer.SIZE];
    for (int i = 0; i < n; i++) {
      int bits = Dropout.bits(Dropout.key(3, 1, 4, 1), i);
      for (int b = 0; b < Integer.SIZE; b++) {
        set[b] += bits >>> b & 1;
      }
    }
    assertTrue(
        Arrays.stream(set).allMatch(s -> Math.abs(s - n / 2) < 5 * Math.sqrt(n) / 2),
        () -> Arrays.toString(set));
  }

  @Test
  void a_probability_of_one_is_refused() {
    assertThrows(IllegalArgumentException.class, () -> Dropout.kept(1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> Dropout.kept(1, 1, -0.1));
    assertThrows(IllegalArgumentException.class, () -> Dropout.kept(1, 1, Double.NaN));
  }

  private static int count(long key, int n, double probability) {
    int kept = 0;
    for (int i = 0; i < n; i++) {
      kept += Dropout.kept(key, i, probability) ? 1 : 0;
    }
    return kept;
  }

  /** At p = ½ two independent masks agree in half of the places, within five deviations. */
  private static void assertIndependent(long key, long other, int shift, int n) {
    int agree = 0;
    for (int i = 0; i < n; i++) {
      agree += Dropout.kept(key, i, 0.5) == Dropout.kept(other, i + shift, 0.5) ? 1 : 0;
    }
    assertEquals(n / 2.0, agree, 5 * Math.sqrt(n) / 2, "shift " + shift);
  }
}
