package io.github.dyad.teacher;

import io.github.dyad.InputException;
import io.github.dyad.Require;

/**
 * The patch tokens' position embeddings and how the file resamples them.
 *
 * @param rows (height·width, D), row by row
 * @param height rows of the grid
 * @param width columns of the grid
 * @param resampling the filter the graph resamples with; {@link Resampling#FOLDED} if it does not
 * @param scaleOffset c ≥ 0 when the graph resamples by the scale factor (h + c) / height, 0 when by
 *     size
 */
public record PositionGrid(
    float[] rows, int height, int width, Resampling resampling, double scaleOffset) {
  private static final double DINOMALY_OFFSET = 0.1;
  private static final long MAX_NUMBERS = 1L << 30;

  /** The filter of the graph's Resize node. */
  public enum Resampling {
    /** None: the grid is a constant of the size the file was exported for. */
    FOLDED,
    /** Bilinear, half-pixel centres. */
    LINEAR,
    /** Bicubic, a = −0.75, half-pixel centres, clamped at the border. */
    CUBIC,
    /** Bicubic with antialias, a = −0.5, support 2·max(scale, 1), normalised. */
    CUBIC_ANTIALIAS
  }

  /** How the file resamples, in words. */
  String describe() {
    String filter =
        switch (resampling) {
          case FOLDED -> "fixed to this grid";
          case LINEAR -> "resampled bilinearly";
          case CUBIC -> "resampled bicubically";
          case CUBIC_ANTIALIAS -> "resampled bicubically with antialias";
        };
    return scaleOffset == 0 ? filter : filter + ", scale (h + " + scaleOffset + ") / " + height;
  }

  /**
   * Position rows for a grid of {@code h × w} patches, in a new array. -> (h·w, D)
   *
   * <ul>
   *   <li>{@link PositionRule#GRAPH}, the file resamples: with its own filter, from the grid it
   *       stores, by size (h / height) or, where it has an offset c, by the scale factor (h + c) /
   *       height. That is what running the file would do, at any size, also when its target size
   *       was fixed on export.
   *   <li>{@link PositionRule#GRAPH}, {@link Resampling#FOLDED}: the stored rows when the size is
   *       that of the file; else bicubic a = −0.75 by size, without antialias, as PyTorch's {@code
   *       interpolate} does by default.
   *   <li>{@link PositionRule#DINOMALY}: the stored rows when the size is that of the grid; else
   *       bicubic a = −0.75 without antialias by the scale factor (h + 0.1) / height, whatever the
   *       file says.
   * </ul>
   *
   * @throws InputException if the grid asked for is empty or larger than an array
   */
  float[] resample(int h, int w, PositionRule rule) {
    int depth = rows.length / (height * width);
    Require.atLeast("grid height", h, 1);
    Require.atLeast("grid width", w, 1);
    if ((long) h * w * depth > MAX_NUMBERS || (long) height * w * depth > MAX_NUMBERS) {
      throw new InputException(
          "a position grid of " + h + "x" + w + " is too large; use smaller images");
    }
    boolean sameSize = h == height && w == width;
    if (sameSize && (rule == PositionRule.DINOMALY || resampling == Resampling.FOLDED)) {
      return rows.clone();
    }
    if (rule == PositionRule.DINOMALY) {
      return Bicubic.cubic(this, h, w, DINOMALY_OFFSET);
    }
    return switch (resampling) {
      case FOLDED, CUBIC -> Bicubic.cubic(this, h, w, scaleOffset);
      case CUBIC_ANTIALIAS -> Bicubic.cubicAntialias(this, h, w, scaleOffset);
      case LINEAR -> Bicubic.linear(this, h, w, scaleOffset);
    };
  }
}
