package io.github.dyad.metric;

import java.util.Arrays;

/**
 * Pixels that are told in descending order of their scores without being sorted as a whole. The
 * range of the keys is cut into equal cells; the normal pixels are counted per cell, and only those
 * of the cells where their order matters are sorted. For real maps that is a third of the time of
 * sorting all.
 */
final class PixelBatch {
  private static final int FEWEST_CELL_BITS = 10;
  private static final int MOST_CELL_BITS = 22; // 16 MiB of counters

  private final int[] normal;
  private final int normalCount;
  private final long[] anomalous;
  private final int anomalousCount;
  private final double[] weight;

  private final int lowestKey;
  private final int highestKey;
  private final int shift;
  private final int[] counts; // normal pixels per cell
  private final boolean[] ordered; // cells whose pixels are told score by score

  /** Decides whether the order within a cell matters; asked from the highest cell to the lowest. */
  interface OrderRule {
    boolean matters(long normal, long anomalous, double overlap);
  }

  /**
   * @param normal keys of the normal pixels, in any order; may be reordered
   * @param anomalous ascending: key in the upper, index of the overlap weight in the lower 32 bits
   */
  PixelBatch(int[] normal, int normalCount, long[] anomalous, int anomalousCount, double[] weight) {
    this.normal = normal;
    this.normalCount = normalCount;
    this.anomalous = anomalous;
    this.anomalousCount = anomalousCount;
    this.weight = weight;
    int lowest = anomalousCount > 0 ? anomalousKey(0) : Integer.MAX_VALUE;
    int highest = anomalousCount > 0 ? anomalousKey(anomalousCount - 1) : Integer.MIN_VALUE;
    for (int i = 0; i < normalCount; i++) {
      lowest = Math.min(lowest, normal[i]);
      highest = Math.max(highest, normal[i]);
    }
    lowestKey = lowest;
    highestKey = highest;
    int cellBits = Math.max(FEWEST_CELL_BITS, Math.min(MOST_CELL_BITS, bits(normalCount)));
    shift = Math.max(0, bits(highest - lowest) - cellBits);
    counts = new int[cell(highest) + 1];
    for (int i = 0; i < normalCount; i++) {
      counts[(normal[i] - lowest) >>> shift]++;
    }
    ordered = new boolean[counts.length];
  }

  long normal() {
    return normalCount;
  }

  long anomalous() {
    return anomalousCount;
  }

  double overlap() {
    return overlap(-1, anomalousCount - 1);
  }

  int lowestKey() {
    return lowestKey;
  }

  int highestKey() {
    return highestKey;
  }

  /** Asks for the order within the cell of a key from the lowest to the highest. */
  void orderCellOf(int key) {
    ordered[cell(key)] = true;
  }

  /** Asks for the order within all cells of which the rule says that it matters. */
  void orderCells(OrderRule rule) {
    int a = anomalousCount - 1;
    for (int c = counts.length - 1; c >= 0; c--) {
      int anomalousAbove = a;
      a = below(lowestKey + (c << shift), a);
      ordered[c] |= rule.matters(counts[c], anomalousAbove - a, overlap(a, anomalousAbove));
    }
  }

  /** Tells all pixels: one step a score in ordered cells, one step a cell in the others. */
  void descend(Descent to) {
    int[] sorted = sortOrdered();
    int n = sorted.length - 1;
    int a = anomalousCount - 1;
    for (int c = counts.length - 1; c >= 0; c--) {
      int low = lowestKey + (c << shift);
      int high = c == counts.length - 1 ? highestKey : low + (1 << shift) - 1;
      if (ordered[c]) {
        int key = Math.max(keyAt(sorted, n), anomalousKey(a));
        while (key >= low) {
          int normalAbove = n;
          while (keyAt(sorted, n) == key) {
            n--;
          }
          int anomalousAbove = a;
          a = below(key, a);
          to.step(key, key, normalAbove - n, anomalousAbove - a, overlap(a, anomalousAbove));
          key = Math.max(keyAt(sorted, n), anomalousKey(a));
        }
      } else {
        int anomalousAbove = a;
        a = below(low, a);
        if (counts[c] > 0 || anomalousAbove > a) {
          to.step(low, high, counts[c], anomalousAbove - a, overlap(a, anomalousAbove));
        }
      }
    }
  }

  /** The normal pixels of the ordered cells, ascending; where these are most, of all cells. */
  private int[] sortOrdered() {
    int count = 0;
    for (int c = 0; c < counts.length; c++) {
      count += ordered[c] ? counts[c] : 0;
    }
    if (count > normalCount / 2) {
      Arrays.fill(ordered, true);
      int[] scratch = new int[normalCount];
      int[] sorted = RadixSort.sort(normal, scratch, normalCount);
      return sorted == scratch ? scratch : Arrays.copyOf(normal, normalCount);
    }
    int[] chosen = new int[count];
    int next = 0;
    for (int i = 0; i < normalCount && next < count; i++) {
      int key = normal[i];
      if (ordered[cell(key)]) {
        chosen[next++] = key;
      }
    }
    return RadixSort.sort(chosen, new int[count], count);
  }

  private static int keyAt(int[] sorted, int i) {
    return i >= 0 ? sorted[i] : ScoreKeys.BELOW_ALL;
  }

  private int anomalousKey(int i) {
    return i >= 0 ? (int) (anomalous[i] >> 32) : ScoreKeys.BELOW_ALL;
  }

  /** The last anomalous pixel, from {@code a} downwards, whose key is below {@code key}; or −1. */
  private int below(int key, int a) {
    int i = a;
    while (anomalousKey(i) >= key) {
      i--;
    }
    return i;
  }

  /** Sum over the anomalous pixels (from, to]. */
  private double overlap(int from, int to) {
    double sum = 0;
    for (int i = to; i > from; i--) {
      sum += weight[(int) anomalous[i]];
    }
    return sum;
  }

  private int cell(int key) {
    return (key - lowestKey) >>> shift;
  }

  /** Bits of an unsigned number. */
  private static int bits(int number) {
    return 32 - Integer.numberOfLeadingZeros(number);
  }
}
