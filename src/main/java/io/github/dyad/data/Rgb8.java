package io.github.dyad.data;

/**
 * An image of 8-bit red, green and blue.
 *
 * @param pixels (height, width, 3), row by row; shared, not copied
 */
public record Rgb8(int width, int height, byte[] pixels) {
  public Rgb8 {
    if (pixels.length != (long) width * height * 3) {
      throw new IllegalArgumentException(
          width + " x " + height + " RGB pixels in " + pixels.length + " bytes");
    }
  }
}
