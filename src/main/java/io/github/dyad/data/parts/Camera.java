package io.github.dyad.data.parts;

/**
 * Takes the picture of a surface: pose, uneven light, a colour cast and sensor noise, all a little
 * different from image to image. Each pixel is the mean of 2 × 2 places.
 */
final class Camera {
  private static final int PLACES = 2;

  private final int side;
  private final double cosine;
  private final double sine;
  private final double shiftX;
  private final double shiftY;
  private final double lightX;
  private final double lightY;
  private final double exposure;
  private final double warmth;
  private final double noise;
  private final Random64 sensor;

  /**
   * @param side of the square image
   * @param turn largest rotation in radians
   * @param shift largest shift
   */
  Camera(int side, double turn, double shift, Random64 random) {
    this.side = side;
    double angle = random.between(-turn, turn);
    double scale = random.between(0.97, 1.03);
    cosine = StrictMath.cos(angle) / scale;
    sine = StrictMath.sin(angle) / scale;
    shiftX = random.between(-shift, shift);
    shiftY = random.between(-shift, shift);
    lightX = random.between(-0.06, 0.06);
    lightY = random.between(-0.06, 0.06);
    exposure = random.between(0.93, 1.07);
    warmth = random.between(-0.02, 0.02);
    noise = random.between(0.008, 0.014);
    sensor = new Random64(random.nextLong());
  }

  /** (side, side, 3) of 8 bits. */
  byte[] image(Surface surface) {
    byte[] pixels = new byte[side * side * 3];
    for (int y = 0, out = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        Colour colour = pixel(surface, x, y);
        double light =
            exposure * (1 + lightX * (2.0 * x / side - 1) + lightY * (2.0 * y / side - 1));
        pixels[out++] = level(colour.red() * light * (1 + warmth));
        pixels[out++] = level(colour.green() * light);
        pixels[out++] = level(colour.blue() * light * (1 - warmth));
      }
    }
    return pixels;
  }

  /** (side, side) of 255 where the surface is defective at the pixel's middle, else 0. */
  byte[] mask(Surface surface) {
    byte[] pixels = new byte[side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        boolean marked = surface.defective(partX(x + 0.5, y + 0.5), partY(x + 0.5, y + 0.5));
        pixels[y * side + x] = (byte) (marked ? 255 : 0);
      }
    }
    return pixels;
  }

  private Colour pixel(Surface surface, int x, int y) {
    Colour sum = Colour.grey(0);
    for (int i = 0; i < PLACES * PLACES; i++) {
      double atX = x + (i % PLACES + 0.5) / PLACES;
      double atY = y + (i / PLACES + 0.5) / PLACES;
      Colour place = surface.colour(partX(atX, atY), partY(atX, atY));
      sum =
          new Colour(
              sum.red() + place.red(), sum.green() + place.green(), sum.blue() + place.blue());
    }
    return sum.times(1.0 / (PLACES * PLACES));
  }

  private double partX(double x, double y) {
    return cosine * (x - side / 2.0 - shiftX) + sine * (y - side / 2.0 - shiftY);
  }

  private double partY(double x, double y) {
    return -sine * (x - side / 2.0 - shiftX) + cosine * (y - side / 2.0 - shiftY);
  }

  private byte level(double value) {
    double noisy = value + noise * sensor.bell();
    return (byte) (int) Math.max(0, Math.min(255, noisy * 255 + 0.5));
  }
}
