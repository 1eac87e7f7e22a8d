package io.github.dyad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CsvTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-1e5x", "=\n1"})
  void a_formula_is_text(String formula) {
    assertEquals("'" + formula, CsvText.cell(formula));
    assertEquals(formula, CsvText.text(CsvText.cell(formula)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-1", "+0.5", "-1.5E-7", "-.5", "-Infinity", "0.5", "", "a=b", "'tis", "x-1.png"})
  void numbers_and_other_text_stay_as_they_are(String text) {
    assertEquals(text, CsvText.cell(text));
    assertEquals(text, CsvText.text(text));
  }

  @Test
  void whatever_is_written_is_read_back_and_no_formula() {
    String letters = "'=+-@1e.\t a";
    for (int seed = 0; seed < 10_000; seed++) {
      Random random = new Random(seed);
      StringBuilder made = new StringBuilder();
      for (int i = random.nextInt(6); i > 0; i--) {
        made.append(letters.charAt(random.nextInt(letters.length())));
      }
      String text = made.toString();
      String cell = CsvText.cell(text);
      assertEquals(text, CsvText.text(cell), () -> "of " + text);
      boolean formula = !cell.isEmpty() && "=+-@\t".indexOf(cell.charAt(0)) >= 0;
      if (formula) {
        assertFalse(cell.startsWith("=") || cell.startsWith("@"), cell);
        assertTrue(Double.isFinite(Double.parseDouble(cell)), cell);
      }
    }
  }
}
