package io.github.dyad.experiment.store;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Decimal texts of doubles that read back to the same bits. {@link Double#toString} does that too,
 * but its text changed with JDK 19, and results must have the same bytes on every JVM.
 */
public final class Decimals {
  private Decimals() {}

  /**
   * The first of 15, 16 and 17 digits that read back to {@code value}, without trailing zeros:
   * {@code "0.1"}, {@code "1E-10"}.
   *
   * @throws IllegalArgumentException when it is not finite
   */
  public static String shortest(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("not a finite number: " + value);
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(value);
    // 15 digits always survive a way there and back, 17 always suffice (IEEE 754).
    for (int digits = 15; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == value) {
        return text(rounded);
      }
    }
    return text(exact.round(new MathContext(17, RoundingMode.HALF_EVEN)));
  }

  private static String text(BigDecimal value) {
    BigDecimal stripped = value.stripTrailingZeros();
    int exponent = stripped.precision() - stripped.scale() - 1;
    if (exponent < -5 || exponent > 15) {
      return stripped.toString();
    }
    return stripped.scale() <= 0 ? stripped.setScale(1).toPlainString() : stripped.toPlainString();
  }
}
