package io.github.dyad;

import java.util.function.Supplier;

/** Range checks of configured values; the message names key, value and range. */
public final class Require {
  private Require() {}

  /** {@code low < value < high}. */
  public static double open(String key, double value, double low, double high) {
    return check(
        value > low && value < high, key, value, () -> "above " + low + " and below " + high);
  }

  /** {@code low <= value <= high}. */
  public static double closed(String key, double value, double low, double high) {
    return check(value >= low && value <= high, key, value, () -> "from " + low + " to " + high);
  }

  /** {@code low <= value < high}. */
  public static double halfOpen(String key, double value, double low, double high) {
    return check(
        value >= low && value < high, key, value, () -> "at least " + low + " and below " + high);
  }

  /** A finite number above 0. */
  public static double positive(String key, double value) {
    return check(value > 0 && Double.isFinite(value), key, value, () -> "above 0");
  }

  /** {@code value >= low}. */
  public static int atLeast(String key, int value, int low) {
    if (value < low) {
      throw new InputException(key + " is " + value + "; expected at least " + low);
    }
    return value;
  }

  private static double check(boolean holds, String key, double value, Supplier<String> range) {
    if (!holds) { // also NaN
      throw new InputException(key + " is " + value + "; expected " + range.get());
    }
    return value;
  }
}
