package io.github.dyad.data.parts;

/**
 * The texture: cloth in plain weave, endless in all directions. Threads lie on a square grid; at
 * every second crossing the upright thread is on top.
 */
final class Weave implements Surface {
  private static final double PITCH = 9;
  private static final double THREAD = 0.9; // of the pitch, the rest is gap
  private static final double GAP_LEVEL = 0.10;

  private final long threads;
  private final Noise softness;
  private final Noise slub;
  private final double phaseX;
  private final double phaseY;
  private final Colour upright;
  private final Colour level;
  private final Fault fault;

  /** What is wrong with the threads themselves; a sound cloth has {@link #NONE}. */
  private record Fault(Defect kind, double x, double y, double reach, double pull) {
    static final Fault NONE = new Fault(null, 0, 0, 1, 0);

    /** 1 in the middle, 0 from {@code reach} on. */
    double weight(double atX, double atY) {
      double square = ((atX - x) * (atX - x) + (atY - y) * (atY - y)) / (reach * reach);
      return square < 1 ? (1 - square) * (1 - square) : 0;
    }
  }

  private Weave(Random64 random, Fault fault) {
    threads = random.nextLong();
    softness = new Noise(random.nextLong(), 34, 34);
    slub = new Noise(random.nextLong(), 6, 6);
    phaseX = random.between(0, 2 * PITCH);
    phaseY = random.between(0, 2 * PITCH);
    double shade = random.between(0.95, 1.05);
    upright = new Colour(0.33, 0.42, 0.55).times(shade);
    level = new Colour(0.70, 0.64, 0.52).times(shade);
    this.fault = fault;
  }

  static Weave sound(Random64 random) {
    return new Weave(random, Fault.NONE);
  }

  /** Two upright threads are missing over a stretch. */
  static Weave missing(Random64 random, Place at, double stretch) {
    return new Weave(random, new Fault(Defect.MISSING, at.x(), at.y(), stretch, 0));
  }

  /** Threads are pulled aside. */
  static Weave misplaced(Random64 random, Place at, double pull) {
    double reach = random.between(20, 28);
    double side = random.below(2) == 0 ? pull : -pull;
    return new Weave(random, new Fault(Defect.MISPLACED, at.x(), at.y(), reach, side));
  }

  @Override
  public Colour colour(double x, double y) {
    double pulled = fault.kind() == Defect.MISPLACED ? fault.pull() * fault.weight(x, y) : 0;
    double atX = x + phaseX + 0.9 * softness.at(x, y) - pulled;
    double atY = y + phaseY + 0.9 * softness.at(x + 500, y) - pulled / 2;
    int column = (int) Math.floor(atX / PITCH);
    int row = (int) Math.floor(atY / PITCH);
    double across = 2 * (atX / PITCH - column) - 1; // −1 to 1 over the upright thread
    double down = 2 * (atY / PITCH - row) - 1;
    boolean uprightOnTop = Math.floorMod(column + row, 2) == 0 && !lacks(column, x, y);
    Colour top =
        uprightOnTop ? thread(upright, column, across, down) : thread(level, row, down, across);
    Colour below =
        uprightOnTop || lacks(column, x, y)
            ? Colour.grey(GAP_LEVEL)
            : thread(upright, column, across, 1).times(0.6);
    double side = Math.abs(uprightOnTop ? across : down);
    double covered = Math.max(0, Math.min(1, (THREAD - side) / 0.12));
    return below.under(top, covered).times(1 + 0.06 * slub.at(x, y));
  }

  @Override
  public boolean solid(double x, double y) {
    return true;
  }

  @Override
  public boolean defective(double x, double y) {
    if (fault.kind() == Defect.MISSING) {
      int column = (int) Math.floor((x + phaseX + 0.9 * softness.at(x, y)) / PITCH);
      return lacks(column, x, y);
    }
    return fault.kind() == Defect.MISPLACED && fault.weight(x, y) > 0.2;
  }

  private boolean lacks(int column, double x, double y) {
    return fault.kind() == Defect.MISSING
        && Math.floorDiv(column - (int) Math.floor((fault.x() + phaseX) / PITCH), 2) == 0
        && Math.abs(y - fault.y()) < fault.reach();
  }

  /** A round thread, highest where it crosses over. */
  private Colour thread(Colour colour, int number, double side, double along) {
    double own = 1 + 0.10 * (2 * Random64.lattice(threads, number, colour == upright ? 0 : 1) - 1);
    double roundness = 1 - 0.55 * side * side;
    double height = 1 - 0.30 * along * along;
    return colour.times(own * roundness * height * 1.25);
  }
}
