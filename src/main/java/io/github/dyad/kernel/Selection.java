package io.github.dyad.kernel;

/** The k-th largest value, without a copy and without an allocation. */
final class Selection {
  private Selection() {}

  /**
   * Bit by bit from the highest: the largest key that at least k elements reach. 32 passes over the
   * data, all in cache for the few thousand patches of a batch.
   */
  static float kthLargest(Floats x, int at, int count, int k) {
    if (k < 1 || k > count) {
      throw new IllegalArgumentException("k is " + k + "; expected 1 to " + count);
    }
    for (int i = 0; i < count; i++) {
      if (Float.isNaN(x.get(at + i))) {
        return Float.NaN;
      }
    }
    int reached = Integer.MIN_VALUE;
    for (int bit = 31; bit >= 0; bit--) {
      int candidate = bit == 31 ? 0 : reached + (1 << bit);
      if (countFrom(x, at, count, candidate) >= k) {
        reached = candidate;
      }
    }
    return Float.intBitsToFloat(ordered(reached));
  }

  private static int countFrom(Floats x, int at, int count, int key) {
    int reaching = 0;
    for (int i = 0; i < count; i++) {
      if (ordered(Float.floatToRawIntBits(x.get(at + i))) >= key) {
        reaching++;
      }
    }
    return reaching;
  }

  /** Maps float bits to integers of the same order, and back. */
  private static int ordered(int bits) {
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }
}
