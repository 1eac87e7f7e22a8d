package io.github.dyad.teacher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dyad.InputException;
import io.github.dyad.teacher.PositionGrid.Resampling;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PositionGridTest {
  private static final Path FOLDER = Goldens.FOLDER.resolve("positions");
  private static final String SIZES =
      """
      9, 7, 5, 4
      9, 7, 9, 7
      9, 7, 14, 10
      9, 7, 1, 1
      9, 7, 3, 20
      37, 37, 28, 28
      """;

  private static PositionGrid grid(int height, int width, Resampling filter, double offset) {
    float[] rows = Goldens.floats(FOLDER.resolve("grid." + height + "x" + width + ".f32"));
    return new PositionGrid(rows, height, width, filter, offset);
  }

  private static void compare(String rule, PositionGrid grid, int h, int w, PositionRule asked) {
    String name = rule + "." + grid.height() + "x" + grid.width() + "." + h + "x" + w + ".f32";
    float[] expected = Goldens.floats(FOLDER.resolve(name));
    assertArrayEquals(
        expected,
        grid.resample(h, w, asked),
        1e-5f,
        name + "; recipe: src/test/recipes/teacher/positions.py");
  }

  @ParameterizedTest
  @CsvSource(textBlock = SIZES)
  void bicubic_by_size_equals_pytorch(int gridHeight, int gridWidth, int h, int w) {
    compare("size", grid(gridHeight, gridWidth, Resampling.CUBIC, 0), h, w, PositionRule.GRAPH);
  }

  @ParameterizedTest
  @CsvSource(textBlock = SIZES)
  void a_folded_grid_is_resampled_by_size(int gridHeight, int gridWidth, int h, int w) {
    compare("size", grid(gridHeight, gridWidth, Resampling.FOLDED, 0), h, w, PositionRule.GRAPH);
  }

  @ParameterizedTest
  @CsvSource(textBlock = SIZES)
  void antialiased_bicubic_equals_pytorch(int gridHeight, int gridWidth, int h, int w) {
    PositionGrid grid = grid(gridHeight, gridWidth, Resampling.CUBIC_ANTIALIAS, 0);
    compare("antialias", grid, h, w, PositionRule.GRAPH);
  }

  @ParameterizedTest
  @CsvSource(textBlock = SIZES)
  void bilinear_equals_pytorch(int gridHeight, int gridWidth, int h, int w) {
    compare("linear", grid(gridHeight, gridWidth, Resampling.LINEAR, 0), h, w, PositionRule.GRAPH);
  }

  @ParameterizedTest
  @CsvSource(textBlock = SIZES)
  void a_scale_factor_equals_pytorch(int gridHeight, int gridWidth, int h, int w) {
    compare("offset", grid(gridHeight, gridWidth, Resampling.CUBIC, 0.1), h, w, PositionRule.GRAPH);
  }

  @ParameterizedTest
  @CsvSource(textBlock = SIZES)
  void dinomaly_takes_the_offset_whatever_the_file_says(
      int gridHeight, int gridWidth, int h, int w) {
    PositionGrid grid = grid(gridHeight, gridWidth, Resampling.CUBIC_ANTIALIAS, 0);
    if (h == gridHeight && w == gridWidth) {
      assertArrayEquals(grid.rows(), grid.resample(h, w, PositionRule.DINOMALY));
    } else {
      compare("offset", grid, h, w, PositionRule.DINOMALY);
    }
  }

  @Test
  void a_constant_grid_stays_constant_under_every_rule() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int height = 1 + random.nextInt(12);
      int width = 1 + random.nextInt(12);
      int h = 1 + random.nextInt(20);
      int w = 1 + random.nextInt(20);
      float[] rows = new float[height * width * 2];
      Arrays.fill(rows, 3);
      float[] expected = new float[h * w * 2];
      Arrays.fill(expected, 3);
      for (Resampling filter : Resampling.values()) {
        for (PositionRule rule : PositionRule.values()) {
          float[] resampled = new PositionGrid(rows, height, width, filter, 0).resample(h, w, rule);
          assertArrayEquals(
              expected, resampled, 1e-5f, "seed " + seed + ", " + filter + ", " + rule);
        }
      }
    }
  }

  @Test
  void the_own_size_gives_a_copy_of_the_rows() {
    PositionGrid grid = grid(9, 7, Resampling.FOLDED, 0);
    for (PositionRule rule : PositionRule.values()) {
      assertArrayEquals(grid.rows(), grid.resample(9, 7, rule));
      assertNotSame(grid.rows(), grid.resample(9, 7, rule));
    }
  }

  @Test
  void an_impossible_size_is_refused() {
    PositionGrid grid = grid(9, 7, Resampling.FOLDED, 0);
    assertThrows(InputException.class, () -> grid.resample(0, 3, PositionRule.GRAPH));
    InputException refused =
        assertThrows(
            InputException.class, () -> grid.resample(100_000, 100_000, PositionRule.GRAPH));
    assertEquals(
        "a position grid of 100000x100000 is too large; use smaller images", refused.getMessage());
  }
}
