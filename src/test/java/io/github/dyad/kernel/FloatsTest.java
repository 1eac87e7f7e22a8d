package io.github.dyad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class FloatsTest {
  @Test
  void allocated_floats_are_zero_and_start_on_a_cache_line() {
    for (int n : new int[] {1, 15, 16, 1000}) {
      try (Floats floats = Floats.allocate(n)) {
        assertEquals(0, floats.address() % 64);
        assertEquals(n, floats.size());
        assertArrayEquals(new float[n], floats.toArray());
      }
    }
  }

  @Test
  void a_slice_and_a_wrapped_address_see_the_same_memory() {
    Floats floats = Floats.copyOf(1, 2, 3, 4, 5);
    Floats slice = floats.slice(1, 3);
    Floats wrapped = Floats.wrap(floats.address() + 8, 2);
    slice.set(1, 30);
    assertEquals(30, floats.get(2));
    assertEquals(30, wrapped.get(0));
    assertEquals(floats.address() + 4, slice.address());
    assertArrayEquals(new float[] {2, 30, 4}, slice.toArray());
    Kernels.active().scale(2, slice, 0, slice, 0, 3);
    assertArrayEquals(new float[] {1, 4, 60, 8, 5}, floats.toArray());
  }

  @Test
  void arrays_are_copied_in_and_out_in_part() {
    Floats floats = Floats.allocate(5);
    floats.copyFrom(new float[] {9, 1, 2, 3}, 1, 2, 3);
    assertArrayEquals(new float[] {0, 0, 1, 2, 3}, floats.toArray());
    float[] out = new float[4];
    floats.copyTo(3, out, 1, 2);
    assertArrayEquals(new float[] {0, 2, 3, 0}, out);
  }

  @Test
  void places_outside_are_refused() {
    Floats floats = Floats.allocate(20);
    assertThrows(IndexOutOfBoundsException.class, () -> floats.get(20));
    assertThrows(IndexOutOfBoundsException.class, () -> floats.get(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> floats.set(20, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> floats.slice(19, 2));
    assertThrows(
        IndexOutOfBoundsException.class, () -> Kernels.active().scale(2, floats, 1, floats, 1, 20));
    assertThrows(IllegalArgumentException.class, () -> Floats.allocate(0));
    assertThrows(IllegalArgumentException.class, () -> Floats.allocate(Floats.MAX_SIZE + 1L));
    assertThrows(IllegalArgumentException.class, () -> Floats.wrap(0, 1));
  }

  @Test
  void memory_outlives_its_floats_while_a_slice_is_reachable() {
    Floats slice = Floats.copyOf(1, 2, 3).slice(1, 2);
    for (int i = 0; i < 3; i++) {
      System.gc();
      for (int k = 0; k < 50; k++) { // would reuse freed memory
        Floats.allocate(3);
      }
    }
    assertArrayEquals(new float[] {2, 3}, slice.toArray());
  }

  @Test
  void closing_twice_does_nothing() {
    Floats floats = Floats.allocate(10);
    floats.close();
    floats.close();
    Floats owner = Floats.copyOf(7);
    owner.slice(0, 1).close();
    assertEquals(7, owner.get(0));
  }
}
