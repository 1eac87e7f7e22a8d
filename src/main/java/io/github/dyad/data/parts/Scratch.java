package io.github.dyad.data.parts;

/**
 * A scratch over a surface: a bowed line that fades at its ends.
 *
 * @param below what is scratched
 * @param width of the line
 * @param contrast share of the line's colour at its middle
 */
record Scratch(
    Surface below,
    double startX,
    double startY,
    double directionX,
    double directionY,
    double length,
    double bow,
    double width,
    Colour colour,
    double contrast)
    implements Surface {

  private static final double MASKED = 0.15;

  /** A scratch through a place. */
  static Scratch random(Surface below, Place middle, double contrast, Random64 random) {
    double angle = random.between(0, 2 * StrictMath.PI);
    double directionX = StrictMath.cos(angle);
    double directionY = StrictMath.sin(angle);
    double length = random.between(30, 50);
    Colour colour = random.below(2) == 0 ? Colour.grey(0.95) : Colour.grey(0.05);
    return new Scratch(
        below,
        middle.x() - directionX * length / 2,
        middle.y() - directionY * length / 2,
        directionX,
        directionY,
        length,
        random.between(-6, 6),
        random.between(2.4, 4.2),
        colour,
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

  /** 1 on the line, falling to 0 at its edges. */
  private double depth(double x, double y) {
    if (!below.solid(x, y)) {
      return 0;
    }
    double along = ((x - startX) * directionX + (y - startY) * directionY) / length;
    if (along < 0 || along > 1) {
      return 0;
    }
    double across = (y - startY) * directionX - (x - startX) * directionY;
    double off = Math.abs(across - bow * 4 * along * (1 - along)) / (width / 2 + 0.5);
    double fade = Math.min(1, 6 * Math.min(along, 1 - along));
    return off < 1 ? (1 - off * off) * fade : 0;
  }
}
