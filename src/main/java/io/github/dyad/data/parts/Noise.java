package io.github.dyad.data.parts;

/**
 * Smooth noise: random values on a lattice, blended between them.
 *
 * @param seed picks the values
 * @param stepX lattice spacing across
 * @param stepY lattice spacing down
 */
record Noise(long seed, double stepX, double stepY) {

  /** From −1 to 1, mean 0. */
  double at(double x, double y) {
    double cellX = x / stepX;
    double cellY = y / stepY;
    int left = (int) Math.floor(cellX);
    int top = (int) Math.floor(cellY);
    double across = ease(cellX - left);
    double upper = mix(value(left, top), value(left + 1, top), across);
    double lower = mix(value(left, top + 1), value(left + 1, top + 1), across);
    return mix(upper, lower, ease(cellY - top));
  }

  private double value(int x, int y) {
    return 2 * Random64.lattice(seed, x, y) - 1;
  }

  private static double mix(double a, double b, double share) {
    return a + (b - a) * share;
  }

  private static double ease(double t) {
    return t * t * (3 - 2 * t);
  }
}
