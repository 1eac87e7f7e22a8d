package io.github.dyad.teacher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LayoutTest {
  /** A tensor as a list of numbers in row-major order; every operation copies. */
  private record Copied(int[] shape, List<Long> values) {
    static Copied counting(int... shape) {
      int count = IntStream.of(shape).reduce(1, (a, b) -> a * b);
      return new Copied(shape, IntStream.range(0, count).mapToObj(k -> (long) k).toList());
    }

    private int[] index(int position) {
      int[] index = new int[shape.length];
      for (int k = shape.length - 1; k >= 0; k--) {
        index[k] = position % shape[k];
        position /= shape[k];
      }
      return index;
    }

    private static int position(int[] shape, int[] index) {
      int position = 0;
      for (int k = 0; k < shape.length; k++) {
        position = position * shape[k] + index[k];
      }
      return position;
    }

    Copied transpose(int[] permutation) {
      int[] turned = IntStream.of(permutation).map(k -> shape[k]).toArray();
      Copied result = new Copied(turned, new ArrayList<>(values));
      for (int p = 0; p < values.size(); p++) {
        int[] from = new int[shape.length];
        int[] to = result.index(p);
        for (int k = 0; k < to.length; k++) {
          from[permutation[k]] = to[k];
        }
        result.values.set(p, values.get(position(shape, from)));
      }
      return result;
    }

    Copied slice(int axis, int from, int size, int step) {
      int[] cut = shape.clone();
      cut[axis] = size;
      Copied result = counting(cut);
      List<Long> picked = new ArrayList<>();
      for (int p = 0; p < result.values.size(); p++) {
        int[] index = result.index(p);
        index[axis] = from + step * index[axis];
        picked.add(values.get(position(shape, index)));
      }
      return new Copied(cut, picked);
    }
  }

  private static long[] numbers(Layout layout, int buffer) {
    long[] counting = IntStream.range(0, buffer).asLongStream().toArray();
    return OnnxTensor.of(counting, buffer).with(layout).integers();
  }

  private static int[] randomShape(Random random) {
    return random.ints(1 + random.nextInt(4), 1, 5).toArray();
  }

  /** Another shape of the same size, from its prime factors in random groups, with some 1s. */
  private static int[] regrouped(int count, Random random) {
    List<Integer> sizes = new ArrayList<>(List.of(1));
    for (int prime = 2; count > 1; ) {
      if (count % prime == 0) {
        count /= prime;
        if (random.nextBoolean()) {
          sizes.add(prime);
        } else {
          sizes.set(sizes.size() - 1, sizes.get(sizes.size() - 1) * prime);
        }
      } else {
        prime++;
      }
    }
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void views_are_what_copying_gives() {
    int reshapes = 0;
    for (long seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      int[] shape = randomShape(random);
      Copied copied = Copied.counting(shape);
      int buffer = copied.values().size();
      Layout layout = Layout.contiguous(shape);
      for (int step = 0; step < 4; step++) {
        int rank = layout.rank();
        switch (random.nextInt(3)) {
          case 0 -> {
            List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
            Collections.shuffle(axes, random);
            int[] permutation = axes.stream().mapToInt(Integer::intValue).toArray();
            layout = layout.transpose(permutation);
            copied = copied.transpose(permutation);
          }
          case 1 -> {
            int axis = random.nextInt(rank);
            int size = layout.shape()[axis];
            int from = random.nextInt(size);
            int stride = 1 + random.nextInt(2);
            int most = (size - from + stride - 1) / stride;
            int length = 1 + random.nextInt(most);
            layout = layout.slice(axis, from, length, stride);
            copied = copied.slice(axis, from, length, stride);
          }
          default -> {
            int[] target = regrouped(copied.values().size(), random);
            Layout reshaped = layout.reshape(target);
            if (reshaped != null) {
              reshapes++;
              layout = reshaped;
              copied = new Copied(target, copied.values());
            }
          }
        }
        assertArrayEquals(copied.shape(), layout.shape(), "seed " + seed);
        long[] expected = copied.values().stream().mapToLong(Long::longValue).toArray();
        assertArrayEquals(expected, numbers(layout, buffer), "seed " + seed + ", step " + step);
      }
    }
    assertEquals(true, reshapes > 1000, "only " + reshapes + " reshapes were views");
  }

  @Test
  void reshaping_a_contiguous_tensor_never_copies() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      Layout layout = Layout.contiguous(randomShape(random));
      int[] target = regrouped((int) layout.count(), random);
      Layout reshaped = layout.reshape(target);
      assertArrayEquals(Layout.contiguous(target).shape(), reshaped.shape(), "seed " + seed);
      assertEquals(true, reshaped.isContiguous(), "seed " + seed);
    }
  }

  @Test
  void joining_transposed_heads_needs_a_copy() {
    // (H, N, d) -> (N, H, d) -> (N, H·d) moves numbers.
    assertNull(Layout.contiguous(3, 5, 8).transpose(1, 0, 2).reshape(5, 24));
  }

  @Test
  void a_repeated_axis_reads_the_same_number() {
    Layout row = Layout.contiguous(1, 3).broadcast(2, 3);
    assertArrayEquals(new long[] {0, 1, 2, 0, 1, 2}, numbers(row, 3));
    assertArrayEquals(new long[] {0, 0, 0}, numbers(Layout.contiguous(1).broadcast(3), 1));
  }

  @Test
  void sizes_that_overflow_are_refused() {
    int most = Integer.MAX_VALUE;
    assertThrows(RefusedException.class, () -> Layout.contiguous(most, most, most));
    assertThrows(RefusedException.class, () -> Layout.contiguous(1 << 30, 1 << 30, 16));
    assertThrows(RefusedException.class, () -> Layout.contiguous(2, -1));
    assertThrows(RefusedException.class, () -> Layout.contiguous(new int[17]));
    assertThrows(RefusedException.class, () -> Layout.contiguous(4, 4).slice(0, 2, 3, 1));
    assertThrows(RefusedException.class, () -> Layout.contiguous(4, 4).transpose(0, 0));
    assertThrows(RefusedException.class, () -> Layout.contiguous(4, 4).reshape(5, 3));
  }
}
