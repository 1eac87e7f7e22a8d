package io.github.dyad.experiment.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class DecimalsTest {

  @Test
  void a_double_survives_its_text_bit_by_bit() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      double any = Double.longBitsToDouble(random.nextLong());
      double usual = random.nextDouble() * Math.pow(10, random.nextInt(12) - 6);
      for (double value : new double[] {any, usual, (float) usual}) {
        if (Double.isFinite(value)) {
          assertEquals(
              Double.doubleToLongBits(value),
              Double.doubleToLongBits(Double.parseDouble(Decimals.shortest(value))),
              () -> "value " + value + ", text " + Decimals.shortest(value));
        }
      }
    }
  }

  @Test
  void texts_are_short_and_the_same_on_every_jvm() {
    assertEquals("0.0", Decimals.shortest(0));
    assertEquals("-0.0", Decimals.shortest(-0.0));
    assertEquals("1.0", Decimals.shortest(1));
    assertEquals("100.0", Decimals.shortest(100));
    assertEquals("0.1", Decimals.shortest(0.1));
    assertEquals("0.30000000000000004", Decimals.shortest(0.1 + 0.2));
    assertEquals("1E-10", Decimals.shortest(1e-10));
    assertEquals("1E+23", Decimals.shortest(1e23)); // JDK 17 alone: "1.0E23"
    assertEquals("0.002", Decimals.shortest(2e-3));
    assertEquals("4.94065645841247E-324", Decimals.shortest(Double.MIN_VALUE));
    assertEquals("1.7976931348623157E+308", Decimals.shortest(Double.MAX_VALUE));
  }

  @Test
  void what_is_not_finite_is_refused() {
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> Decimals.shortest(value));
    }
  }
}
