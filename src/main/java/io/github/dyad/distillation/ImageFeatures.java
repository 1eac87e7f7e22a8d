package io.github.dyad.distillation;

/**
 * What is kept of one image: its pixels, and of the frozen teacher's forward pass all that the
 * students are trained with.
 *
 * @param pixels (size, size, 3), 8 bits
 * @param classTokens c_T^1..c_T^m, (m, D)
 * @param group1 mean of the first group of tapped layers, (N, D)
 * @param group2 mean of the second group, (N, D)
 */
public record ImageFeatures(byte[] pixels, float[] classTokens, float[] group1, float[] group2) {
  /**
   * Sizes of the arrays.
   *
   * @param side image side in pixels
   * @param classTokens m
   * @param tokens N
   * @param width D
   */
  public record Shape(int side, int classTokens, int tokens, int width) {
    int pixelBytes() {
      return 3 * side * side;
    }

    int floats() {
      return (classTokens + 2 * tokens) * width;
    }

    /** Bytes on disk of that many images' features. */
    public long bytes(boolean half, int images) {
      return FeatureFile.bytes(this, half, images);
    }

    public ImageFeatures allocate() {
      return new ImageFeatures(
          new byte[pixelBytes()],
          new float[classTokens * width],
          new float[tokens * width],
          new float[tokens * width]);
    }
  }

  /** The float arrays in the order of a feature file. */
  float[][] arrays() {
    return new float[][] {classTokens, group1, group2};
  }
}
