package io.github.dyad.data;

/**
 * Decoded samples of 8 bits.
 *
 * @param bands 1 grey, 3 RGB
 * @param samples (height, width, bands), row by row
 */
record Raster8(int width, int height, int bands, byte[] samples) {

  Rgb8 toRgb() {
    if (bands == 3) {
      return new Rgb8(width, height, samples);
    }
    byte[] rgb = new byte[3 * samples.length];
    for (int i = 0; i < samples.length; i++) {
      rgb[3 * i] = samples[i];
      rgb[3 * i + 1] = samples[i];
      rgb[3 * i + 2] = samples[i];
    }
    return new Rgb8(width, height, rgb);
  }
}
