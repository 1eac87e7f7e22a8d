package io.github.dyad.data.parts;

/** Kinds of defects; the test folders are called by their names in lower case. */
enum Defect {
  /** A thin line across the surface. */
  SCRATCH,
  /** A soft patch of another colour. */
  STAIN,
  /** A thread, a hole or a printed mark that is not there. */
  MISSING,
  /** The same at another place. */
  MISPLACED;

  String folder() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
