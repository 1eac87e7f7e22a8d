package io.github.dyad.data.miniature;

import io.github.dyad.data.parts.Random64;

/**
 * Stripes that are a class: their direction and width, and the colour on which they lie. Phase,
 * light and noise differ from picture to picture.
 *
 * @param angle of the stripes in radians
 * @param waves across the picture
 * @param hue of the ground, in [0, 1)
 */
record Pattern(double angle, double waves, double hue) {
  private static final double NOISE = 0.04;

  static Pattern of(int label, int classes) {
    return new Pattern(
        Math.PI * label / classes, 2 + label % 4, ((double) label * 7 % classes) / classes);
  }

  /**
   * @param number of the picture in its class
   * @return (side, side, 3) of 8 bits
   */
  byte[] draw(int number, int side) {
    Random64 random = Random64.of(number, angle + "/" + hue);
    double phase = random.between(0, 1);
    double light = random.between(0.8, 1.1);
    double cosine = StrictMath.cos(angle);
    double sine = StrictMath.sin(angle);
    byte[] pixels = new byte[side * side * 3];
    for (int i = 0; i < side * side; i++) {
      double along = (i % side * cosine + i / side * sine) / side;
      double stripe = 0.5 + 0.4 * StrictMath.sin(2 * Math.PI * (waves * along + phase));
      for (int band = 0; band < 3; band++) {
        double ground = 0.6 + 0.4 * StrictMath.cos(2 * Math.PI * (hue + band / 3.0));
        double value = light * stripe * ground + random.between(-NOISE, NOISE);
        pixels[3 * i + band] = (byte) (int) Math.max(0, Math.min(255, 255 * value));
      }
    }
    return pixels;
  }
}
