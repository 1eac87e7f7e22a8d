package io.github.dyad.data.parts;

import java.util.ArrayList;
import java.util.List;

/** The object: a brushed steel plate with a bore, four holes and a printed mark, on a dark mat. */
final class Bracket implements Surface {
  private static final double HALF_WIDTH = 33;
  private static final double HALF_HEIGHT = 25;
  private static final double CORNER = 9;
  private static final double BORE = 9;
  private static final double RING = 12;
  private static final double HOLE = 4.4;
  private static final Colour HOLE_COLOUR = new Colour(0.05, 0.06, 0.06);
  private static final Colour INK = new Colour(0.75, 0.12, 0.10);

  private final Noise brush;
  private final Noise mat;
  private final double steel;
  private final List<double[]> holes = new ArrayList<>(); // x, y
  private final List<double[]> bars = new ArrayList<>(); // x, y, half width, half height
  private final List<double[]> flaws = new ArrayList<>(); // x, y, radius: where the mask is
  private final double markX;
  private final double markY;
  private final double ring;

  private Bracket(Random64 random) {
    brush = new Noise(random.nextLong(), 40, 0.9);
    mat = new Noise(random.nextLong(), 3, 3);
    steel = random.between(0.58, 0.66);
    for (int sideX = -1; sideX <= 1; sideX += 2) {
      for (int sideY = -1; sideY <= 1; sideY += 2) {
        holes.add(new double[] {25.0 * sideX, 17.0 * sideY});
      }
    }
    // A stroke above two dots, printed with some play.
    bars.add(new double[] {0, -2.4, 10, 1.6});
    bars.add(new double[] {-5.5, 2, 2.2, 2.2});
    bars.add(new double[] {5.5, 2, 2.2, 2.2});
    markX = random.between(-0.6, 0.6);
    markY = 18 + random.between(-0.6, 0.6);
    ring = random.between(0.80, 0.86);
  }

  static Bracket sound(Random64 random) {
    return new Bracket(random);
  }

  /** A hole that was not drilled, a mark that was not printed, or only a dot of it. */
  static Bracket missing(Random64 random, boolean hard) {
    Bracket bracket = new Bracket(random);
    int choice = hard ? 2 : random.below(2);
    if (choice == 0) {
      double[] hole = bracket.holes.remove(random.below(4));
      bracket.flaws.add(new double[] {hole[0], hole[1], HOLE + 0.5});
    } else if (choice == 1) {
      bracket.bars.clear();
      bracket.flaws.add(new double[] {bracket.markX, bracket.markY, 10.5});
    } else {
      double[] dot = bracket.bars.remove(1 + random.below(2));
      bracket.flaws.add(new double[] {bracket.markX + dot[0], bracket.markY + dot[1], 3});
    }
    return bracket;
  }

  /** A hole or the mark, off its place by {@code distance}. */
  static Bracket misplaced(Random64 random, double distance) {
    Bracket bracket = new Bracket(random);
    double angle = random.between(0, 2 * StrictMath.PI);
    double dx = distance * StrictMath.cos(angle);
    double dy = distance * StrictMath.sin(angle);
    if (random.below(2) == 0) {
      double[] hole = bracket.holes.get(random.below(4));
      bracket.flaws.add(new double[] {hole[0], hole[1], HOLE + 0.5});
      hole[0] -= Math.signum(hole[0]) * Math.abs(dx); // inwards, so that it stays on the plate
      hole[1] -= Math.signum(hole[1]) * Math.abs(dy);
      bracket.flaws.add(new double[] {hole[0], hole[1], HOLE + 0.5});
    } else {
      bracket.flaws.add(new double[] {bracket.markX, bracket.markY, 10.5});
      for (double[] bar : bracket.bars) {
        bar[0] += dx;
        bar[1] -= Math.abs(dy) / 2;
      }
      double x = bracket.markX + dx;
      bracket.flaws.add(new double[] {x, bracket.markY - Math.abs(dy) / 2, 10.5});
    }
    return bracket;
  }

  @Override
  public Colour colour(double x, double y) {
    double inside = -plate(x, y);
    Colour ground = new Colour(0.13, 0.17, 0.15).times(1 + 0.25 * mat.at(x, y));
    if (inside <= -3) {
      return ground;
    }
    Colour shadowed = ground.times(inside < 0 ? 0.6 - inside / 7.5 : 0.6);
    Colour metal = Colour.grey(steel * (1 + 0.10 * brush.at(x, y)));
    double bevel = inside < 2.5 ? 0.16 * (1 - inside / 2.5) * (x + y < 0 ? 1 : -1) : 0;
    Colour plate = metal.times(1 + bevel);
    double fromBore = Math.sqrt(x * x + y * y);
    plate = plate.under(metal.times(ring), covered(fromBore - RING));
    plate = plate.under(HOLE_COLOUR, covered(fromBore - BORE));
    for (double[] hole : holes) {
      double distance = distance(x, y, hole);
      plate = plate.under(metal.times(1.15), covered(distance - HOLE - 0.9));
      plate = plate.under(HOLE_COLOUR, covered(distance - HOLE));
    }
    for (double[] bar : bars) {
      double off =
          Math.max(Math.abs(x - markX - bar[0]) - bar[2], Math.abs(y - markY - bar[1]) - bar[3]);
      plate = plate.under(INK, 0.85 * covered(off));
    }
    return shadowed.under(plate, covered(-inside));
  }

  @Override
  public boolean solid(double x, double y) {
    return plate(x, y) < 0
        && x * x + y * y > BORE * BORE
        && holes.stream().noneMatch(hole -> distance(x, y, hole) < HOLE);
  }

  @Override
  public boolean defective(double x, double y) {
    return flaws.stream().anyMatch(flaw -> distance(x, y, flaw) < flaw[2]);
  }

  /** Signed distance to the plate's outline, negative inside. */
  private static double plate(double x, double y) {
    double dx = Math.max(0, Math.abs(x) - (HALF_WIDTH - CORNER));
    double dy = Math.max(0, Math.abs(y) - (HALF_HEIGHT - CORNER));
    if (dx > 0 || dy > 0) {
      return Math.sqrt(dx * dx + dy * dy) - CORNER;
    }
    return Math.max(Math.abs(x) - HALF_WIDTH, Math.abs(y) - HALF_HEIGHT);
  }

  private static double distance(double x, double y, double[] place) {
    return Math.sqrt((x - place[0]) * (x - place[0]) + (y - place[1]) * (y - place[1]));
  }

  /** A pixel's share inside an edge at this signed distance. */
  private static double covered(double distance) {
    return Math.max(0, Math.min(1, 0.5 - distance));
  }
}
