package io.github.dyad.kernel;

/**
 * Dropout bits as a pure function of (seed, step, image, site, element): no state, so no split of
 * the work, order or repetition changes them, and the backward draws them anew.
 *
 * <p>The first four make a 64-bit key; an element's 32 bits are a hash of key and element number,
 * two rounds of multiply and xor-shift (the multipliers of Wellons' "hash prospector", lowbias32)
 * with one half of the key before each.
 */
public final class Dropout {
  static final int MULTIPLIER_1 = 0x7feb352d;
  static final int MULTIPLIER_2 = 0x846ca68b;
  static final int ELEMENT_MULTIPLIER = 0x9e3779b9;

  private Dropout() {}

  /**
   * The key of one dropout layer's tensor.
   *
   * @param seed of the training
   * @param step of the training
   * @param image position of the image in the whole batch, not in a worker's part of it
   * @param site number of the dropout layer
   */
  public static long key(long seed, long step, int image, int site) {
    return mix(mix(mix(seed) + step) + ((long) image << 32 | site));
  }

  /** Whether an element is kept, which happens with probability 1 − {@code probability}. */
  public static boolean kept(long key, int element, double probability) {
    return bits(key, element) >= threshold(probability);
  }

  /** 32 bits as a signed number, uniform over the whole range. */
  static int bits(long key, int element) {
    int h = element * ELEMENT_MULTIPLIER + (int) key;
    h = (h ^ h >>> 16) * MULTIPLIER_1;
    h = (h ^ h >>> 15) + (int) (key >>> 32);
    h = (h ^ h >>> 16) * MULTIPLIER_2;
    return h ^ h >>> 15;
  }

  /** Elements with {@link #bits} below are dropped. */
  static int threshold(double probability) {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "dropout probability is " + probability + "; expected at least 0 and below 1");
    }
    long dropped = Math.min((long) Math.rint(probability * 0x1p32), 0xffffffffL);
    return (int) (Integer.MIN_VALUE + dropped);
  }

  private static long mix(long z) { // SplitMix64's finalizer (Steele, Lea, Flood 2014)
    long m = z + 0x9e3779b97f4a7c15L;
    m = (m ^ m >>> 30) * 0xbf58476d1ce4e5b9L;
    m = (m ^ m >>> 27) * 0x94d049bb133111ebL;
    return m ^ m >>> 31;
  }
}
