package io.github.dyad.data;

import io.github.dyad.InputException;
import io.github.dyad.Require;

/**
 * Pixels that the teacher sees: both sides are resized to {@code resize} (the aspect is squashed),
 * then the middle {@code crop} × {@code crop} is kept.
 *
 * @param resize at least 1
 * @param crop from 1 to {@code resize}
 */
public record ImageSize(int resize, int crop) {

  public ImageSize {
    Require.atLeast("data.size.resize", resize, 1);
    Require.atLeast("data.size.crop", crop, 1);
    if (crop > resize) {
      throw new InputException(
          "data.size.crop is " + crop + "; expected at most data.size.resize, " + resize);
    }
  }

  /** Industrial images: 448 → 392 (the paper's Appendix D). */
  public static ImageSize industrial() {
    return new ImageSize(448, 392);
  }

  /** Semantic images: resized to {@code side} whole. */
  public static ImageSize whole(int side) {
    return new ImageSize(side, side);
  }

  /** First row and column of the crop; halves go to the even number, as torchvision does. */
  int cropOffset() {
    return (int) Math.rint((resize - crop) / 2.0);
  }
}
