package io.github.dyad.teacher;

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

  /** Position rows for a grid of {@code h × w} patches. -> (h·w, D) */
  float[] resample(int h, int w, PositionRule rule) {
    throw new UnsupportedOperationException();
  }
}
