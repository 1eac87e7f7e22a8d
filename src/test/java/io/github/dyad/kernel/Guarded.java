package io.github.dyad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Values at an offset that no vector is aligned to, between guards: a kernel that writes beside its
 * range is found by {@link #values()}.
 */
final class Guarded {
  static final int AT = 19;

  private static final float GUARD = -7777.25f;

  final Floats floats;
  final int count;

  private Guarded(int count) {
    this.count = count;
    floats = Floats.allocate(count + 2L * AT);
    for (int i = 0; i < floats.size(); i++) {
      floats.set(i, GUARD);
    }
  }

  static Guarded of(double... values) {
    Guarded guarded = new Guarded(values.length);
    for (int i = 0; i < values.length; i++) {
      guarded.floats.set(AT + i, (float) values[i]);
    }
    return guarded;
  }

  /** Values that a kernel is to overwrite. */
  static Guarded empty(int count) {
    double[] unset = new double[count];
    java.util.Arrays.fill(unset, Double.NaN);
    return of(unset);
  }

  /** The values, once nothing was written before or behind them. */
  double[] values() {
    for (int i = 0; i < AT; i++) {
      assertEquals(GUARD, floats.get(i), "written before the range");
      assertEquals(GUARD, floats.get(AT + count + i), "written behind the range, at +" + i);
    }
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = floats.get(AT + i);
    }
    return values;
  }
}
