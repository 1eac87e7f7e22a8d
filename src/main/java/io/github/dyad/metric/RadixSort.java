package io.github.dyad.metric;

/**
 * Sorts keys by their digits, ascending, in as few passes as the range of the keys asks for: 2 to 3
 * for the floats of real maps. About a tenth of the time of the JDK's sort on millions of keys.
 */
final class RadixSort {
  private static final int DIGIT_BITS = 11; // 2,048 write positions: what the caches follow

  private RadixSort() {}

  /**
   * @param a the first {@code count} elements are sorted
   * @param b scratch of at least {@code count} elements
   * @return whichever of the two arrays holds the sorted elements; the other holds rubbish
   */
  static int[] sort(int[] a, int[] b, int count) {
    int lowest = Integer.MAX_VALUE;
    int highest = Integer.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      lowest = Math.min(lowest, a[i]);
      highest = Math.max(highest, a[i]);
    }
    Digits digits = new Digits(lowest, highest);
    int[] from = a;
    int[] to = b;
    for (int shift = 0; shift < digits.rangeBits; shift += digits.width) {
      int[] position = new int[digits.values + 1];
      for (int i = 0; i < count; i++) {
        position[digits.at(from[i], shift) + 1]++;
      }
      if (Digits.accumulate(position, count)) {
        for (int i = 0; i < count; i++) {
          int key = from[i];
          to[position[digits.at(key, shift)]++] = key;
        }
        int[] sorted = to;
        to = from;
        from = sorted;
      }
    }
    return from;
  }

  /** The same for elements of which the upper 32 bits are the key; the lower ones are carried. */
  static long[] sort(long[] a, long[] b, int count) {
    int lowest = Integer.MAX_VALUE;
    int highest = Integer.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      int key = (int) (a[i] >> 32);
      lowest = Math.min(lowest, key);
      highest = Math.max(highest, key);
    }
    Digits digits = new Digits(lowest, highest);
    long[] from = a;
    long[] to = b;
    for (int shift = 0; shift < digits.rangeBits; shift += digits.width) {
      int[] position = new int[digits.values + 1];
      for (int i = 0; i < count; i++) {
        position[digits.at((int) (from[i] >> 32), shift) + 1]++;
      }
      if (Digits.accumulate(position, count)) {
        for (int i = 0; i < count; i++) {
          long element = from[i];
          to[position[digits.at((int) (element >> 32), shift)]++] = element;
        }
        long[] sorted = to;
        to = from;
        from = sorted;
      }
    }
    return from;
  }

  /** How the range of the keys is cut into digits of equal width. */
  private static final class Digits {
    final int lowest;
    final int rangeBits;
    final int width;
    final int values;

    Digits(int lowest, int highest) {
      this.lowest = lowest;
      // the difference is meant as unsigned; an empty range or one key needs no pass
      this.rangeBits = highest <= lowest ? 0 : 32 - Integer.numberOfLeadingZeros(highest - lowest);
      int passes = Math.max(1, (rangeBits + DIGIT_BITS - 1) / DIGIT_BITS);
      this.width = Math.max(1, (rangeBits + passes - 1) / passes);
      this.values = 1 << width;
    }

    int at(int key, int shift) {
      return ((key - lowest) >>> shift) & (values - 1);
    }

    /** Counts to first positions; false if all elements share the digit and may stay. */
    static boolean accumulate(int[] position, int count) {
      for (int d = 1; d < position.length; d++) {
        if (position[d] == count) {
          return false;
        }
        position[d] += position[d - 1];
      }
      return true;
    }
  }
}
