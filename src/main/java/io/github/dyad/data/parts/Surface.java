package io.github.dyad.data.parts;

/** A part as a picture without borders: what colour it has where, and where it is defective. */
interface Surface {

  /** The colour at a position in the part's own coordinates, (0, 0) its middle. */
  Colour colour(double x, double y);

  /** Whether there is material to be scratched or stained, not a hole or the ground. */
  boolean solid(double x, double y);

  /** Whether the part is defective there. */
  boolean defective(double x, double y);
}
