package io.github.dyad.metric;

import io.github.dyad.InputException;

/**
 * One annotated defect of MVTec-LOCO: detected in full as soon as {@code saturation} of its pixels
 * are, since where a missing object was due can be marked in more than one place. Its pixels need
 * not be connected and may be shared with other defects of the image.
 *
 * @param pixels (H · W), row by row
 * @param saturation from 1 to the number of its pixels
 */
public record SaturatedRegion(boolean[] pixels, int saturation) {

  public SaturatedRegion {
    int area = area(pixels);
    if (saturation < 1 || saturation > area) {
      throw new IllegalArgumentException(
          "saturation " + saturation + " of a region of " + area + " pixels");
    }
  }

  /**
   * With the threshold as it stands in the data set's {@code defects_config.json}: a share of the
   * region's pixels (rounded down) when relative, else a number of pixels, at most all of them.
   *
   * @throws InputException when the region has no pixel or the threshold is not above 0
   */
  public static SaturatedRegion of(boolean[] pixels, double threshold, boolean relative) {
    int area = area(pixels);
    if (area == 0) {
      throw new InputException("a defect's mask has no anomalous pixel");
    }
    if (!(threshold > 0)) {
      throw new InputException(
          "a defect's saturation threshold is " + threshold + "; expected above 0");
    }
    double wanted = Math.floor(relative ? threshold * area : threshold);
    return new SaturatedRegion(pixels, (int) Math.max(1, Math.min(wanted, area)));
  }

  private static int area(boolean[] pixels) {
    int area = 0;
    for (boolean pixel : pixels) {
      area += pixel ? 1 : 0;
    }
    return area;
  }
}
