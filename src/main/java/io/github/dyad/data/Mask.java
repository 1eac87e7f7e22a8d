package io.github.dyad.data;

/**
 * Which pixels are anomalous.
 *
 * @param anomalous (height, width), row by row; shared, not copied
 */
public record Mask(int height, int width, boolean[] anomalous) {
  public Mask {
    if (anomalous.length != (long) height * width) {
      throw new IllegalArgumentException(
          height + " x " + width + " pixels in " + anomalous.length + " values");
    }
  }
}
