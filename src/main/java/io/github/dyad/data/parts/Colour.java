package io.github.dyad.data.parts;

/** Linear light in [0, 1] a band; values outside are clipped when the image is finished. */
record Colour(double red, double green, double blue) {

  static Colour grey(double level) {
    return new Colour(level, level, level);
  }

  Colour times(double factor) {
    return new Colour(red * factor, green * factor, blue * factor);
  }

  /** This colour covered by {@code share} of another. */
  Colour under(Colour other, double share) {
    return new Colour(
        red + (other.red - red) * share,
        green + (other.green - green) * share,
        blue + (other.blue - blue) * share);
  }
}
