package io.github.dyad.anomaly;

import io.github.dyad.graph.TokenGrid;
import java.util.List;

/**
 * What one image's scores are made of, as vectors: F_T − F_E and F_T − F_D (the paper's Fig. 5).
 * Null where a student was not trained, and F_T − F_E where it was distilled from patch tokens.
 *
 * @param encoder c_T^m − c_E^m, (D)
 * @param decoder of both groups, F_T^g/‖F_T^g‖ − F_D^g/‖F_D^g‖ patch by patch, since the loss is a
 *     cosine; averaged to a grid of at most {@value #CELLS} × {@value #CELLS} cells: (2·cells·D);
 *     of a student of another kind, its pairs in place of the groups
 * @param teacherPatches mean of the teacher's two groups, (h·w, D)
 * @param gridHeight h
 * @param gridWidth w
 */
public record Discrepancy(
    float[] encoder, float[] decoder, float[] teacherPatches, int gridHeight, int gridWidth) {
  static final int CELLS = 8;

  /** Of a method that trains no student. */
  public static final Discrepancy NONE = new Discrepancy(null, null, null, 0, 0);

  /** h·w. */
  public int patches() {
    return gridHeight * gridWidth;
  }

  /**
   * Of patch features.
   *
   * @param encoder as in the record
   * @param teacher by group or pair, (N, D) with class and register rows
   * @param student likewise
   */
  public static Discrepancy ofPatches(
      float[] encoder, List<float[]> teacher, List<float[]> student, TokenGrid grid, int D) {
    int height = grid.gridHeight();
    int width = grid.gridWidth();
    int cells = Math.min(CELLS, height) * Math.min(CELLS, width);
    float[] decoder = new float[teacher.size() * cells * D];
    float[] patches = new float[grid.patches() * D];
    for (int g = 0; g < teacher.size(); g++) {
      float[] features = teacher.get(g);
      unitDifference(
          features, student.get(g), grid.prefix(), height, width, D, decoder, g * cells * D);
      for (int i = 0; i < patches.length; i++) {
        patches[i] += features[grid.prefix() * D + i] / teacher.size();
      }
    }
    return new Discrepancy(encoder, decoder, patches, height, width);
  }

  /** Difference of unit vectors, patch by patch, averaged over cells: (cells, D). */
  private static void unitDifference(
      float[] teacher,
      float[] student,
      int prefix,
      int height,
      int width,
      int D,
      float[] out,
      int at) {
    int rows = Math.min(CELLS, height);
    int columns = Math.min(CELLS, width);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int cell = (y * rows / height) * columns + x * columns / width;
        int from = (prefix + y * width + x) * D;
        double t = 1 / Math.max(norm(teacher, from, D), 1e-12);
        double s = 1 / Math.max(norm(student, from, D), 1e-12);
        // Cells differ by a patch at most where the grid is no multiple; the mean is over
        // h·w/cells.
        double share = (double) (rows * columns) / (height * width);
        for (int i = 0; i < D; i++) {
          out[at + cell * D + i] +=
              (float) (share * (t * teacher[from + i] - s * student[from + i]));
        }
      }
    }
  }

  private static double norm(float[] values, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += (double) values[i] * values[i];
    }
    return Math.sqrt(sum);
  }
}
