package io.github.dyad.data.parts;

/**
 * SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): written out, because the JDK's generators may
 * change their sequences between versions.
 */
public final class Random64 {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  public Random64(long seed) {
    state = seed;
  }

  /** A generator of its own for a named thing, the same whatever else was drawn before. */
  public static Random64 of(long seed, String name) {
    long hash = seed;
    for (int i = 0; i < name.length(); i++) {
      hash = mix(hash + GOLDEN_GAMMA + name.charAt(i));
    }
    return new Random64(hash);
  }

  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** Uniform in [low, high). */
  public double between(double low, double high) {
    return low + (high - low) * (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Uniform in 0 .. bound − 1, for small bounds. */
  public int below(int bound) {
    return (int) Math.floorMod(nextLong() >>> 1, (long) bound);
  }

  /** Mean 0, variance 1, within ±√12: the sum of four uniform numbers is smooth enough here. */
  public double bell() {
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += between(-1, 1);
    }
    return sum * 0.8660254037844386; // √(3/4)
  }

  /** A fixed number in [0, 1) for a lattice point. */
  static double lattice(long seed, int x, int y) {
    long mixed = mix(seed + x * 0x9E3779B97F4A7C15L + y * 0xC2B2AE3D27D4EB4FL);
    return (mixed >>> 11) * 0x1.0p-53;
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
