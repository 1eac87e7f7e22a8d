package io.github.dyad.distillation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** Against multi-precision arithmetic; recipe: src/test/recipes/noisyor_goldens.py. */
class NoisyOrTest {

  @Test
  void values_and_weights_hold_at_all_ends() throws IOException {
    CSVFormat format =
        CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setCommentMarker('#')
            .get();
    int rows = 0;
    try (Reader reader =
            Files.newBufferedReader(
                Path.of("src/test/resources/goldens/distillation/noisyor.csv"));
        CSVParser csv = format.parse(reader)) {
      for (CSVRecord row : csv) {
        double e = number(row, "loss_encoder");
        double d = number(row, "loss_decoder");
        String where = "L_E " + e + ", L_D " + d;
        close(number(row, "log_probability"), NoisyOr.logNormal(e, d), where + ", log P");
        close(number(row, "weight_encoder"), NoisyOr.weight(e, d), where + ", w_E");
        close(number(row, "weight_decoder"), NoisyOr.weight(d, e), where + ", w_D");
        close(number(row, "ranking"), NoisyOr.logAnomalous(e, d), where + ", rank");
        rows++;
      }
    }
    assertTrue(rows > 100, rows + " rows");
  }

  /** Relative, and absolute near 0, where log P is a difference of nearly equal numbers. */
  private static void close(double expected, double actual, String what) {
    if (Double.isInfinite(expected)) {
      assertEquals(expected, actual, what);
    } else {
      assertEquals(expected, actual, 1e-11 * Math.abs(expected) + 1e-15, what);
    }
  }

  private static double number(CSVRecord row, String column) {
    String text = row.get(column);
    return switch (text) {
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** Eq. (3): ∂L/∂L_E = (1 − p_D)·p_E/P, by central differences of −log P. */
  @Test
  void effective_weights_are_the_derivatives_of_the_loss() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      double e = Math.exp(random.nextDouble() * 6 - 3);
      double d = Math.exp(random.nextDouble() * 6 - 3);
      double h = 1e-5 * e;
      double slope = -(NoisyOr.logNormal(e + h, d) - NoisyOr.logNormal(e - h, d)) / (2 * h);
      double pE = Math.exp(-e);
      double pD = Math.exp(-d);
      double weight = (1 - pD) * pE / (1 - (1 - pE) * (1 - pD));
      int s = seed;
      assertEquals(weight, NoisyOr.weight(e, d), 1e-9, () -> "seed " + s);
      assertEquals(weight, slope, 1e-6, () -> "seed " + s);
    }
  }

  @Test
  void a_student_that_explains_the_image_damps_the_other() {
    assertTrue(NoisyOr.weight(1, 0.01) < NoisyOr.weight(1, 0.1));
    assertTrue(NoisyOr.weight(1, 0.1) < NoisyOr.weight(1, 10));
    assertEquals(1, NoisyOr.weight(1, 700), 1e-12);
  }

  @Test
  void nothing_is_nan_however_small_or_large() {
    double[] losses = {0, Double.MIN_VALUE, 1e-300, 1e-12, 1, 50, 700, 1e4, 1e300};
    for (double e : losses) {
      for (double d : losses) {
        for (Objective objective : JointObjective.TAKEN) {
          for (double t : new double[] {0, 1}) {
            JointObjective v = JointObjective.of(objective, 1, e, d, t);
            assertFalse(
                Double.isNaN(v.loss()) || Double.isNaN(v.weightE()) || Double.isNaN(v.weightD()),
                objective + " at " + e + ", " + d + ", t " + t + ": " + v);
          }
        }
      }
    }
    assertEquals(17.873, -NoisyOr.logNormal(20, 18), 1e-3);
  }

  @Test
  void the_rank_does_not_saturate() {
    assertEquals(1.0, NoisyOr.anomalous(40, 40), 0.0);
    assertEquals(1.0, NoisyOr.anomalous(50, 50), 0.0);
    assertTrue(NoisyOr.logAnomalous(40, 40) < NoisyOr.logAnomalous(50, 50));
  }
}
