package io.github.dyad.data.parts;

/**
 * A stain over a surface: a disc with a ragged, soft edge.
 *
 * @param below what is stained
 * @param contrast share of the stain's colour in its middle
 */
record Stain(
    Surface below,
    double middleX,
    double middleY,
    double radius,
    Noise edge,
    Colour colour,
    double contrast)
    implements Surface {

  private static final double MASKED = 0.25;

  /** A stain about a place. */
  static Stain random(Surface below, Place middle, double contrast, Random64 random) {
    Colour oil = new Colour(0.20, 0.14, 0.06);
    Colour rust = new Colour(0.55, 0.24, 0.08);
    Colour lime = new Colour(0.92, 0.93, 0.88);
    Colour[] colours = {oil, rust, lime};
    return new Stain(
        below,
        middle.x(),
        middle.y(),
        random.between(9, 15),
        new Noise(random.nextLong(), 5, 5),
        colours[random.below(colours.length)],
        contrast);
  }

  @Override
  public Colour colour(double x, double y) {
    return below.colour(x, y).under(colour, contrast * depth(x, y));
  }

  @Override
  public boolean solid(double x, double y) {
    return below.solid(x, y);
  }

  @Override
  public boolean defective(double x, double y) {
    return depth(x, y) > MASKED || below.defective(x, y);
  }

  private double depth(double x, double y) {
    if (!below.solid(x, y)) {
      return 0;
    }
    double dx = x - middleX;
    double dy = y - middleY;
    double distance = Math.sqrt(dx * dx + dy * dy) / radius + 0.35 * edge.at(x, y);
    return Math.max(0, Math.min(1, (1.1 - distance) / 0.35));
  }
}
