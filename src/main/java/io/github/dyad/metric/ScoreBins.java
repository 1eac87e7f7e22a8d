package io.github.dyad.metric;

import java.util.Arrays;

/**
 * What is kept of pixels that no longer fit in memory: bins, each a range of scores with the number
 * of its normal and anomalous pixels and the sum of their overlaps. A bin of one score is exact; in
 * a wider one the order of its pixels is forgotten.
 *
 * <p>Pixels come in sorted batches. Neighbouring scores of a batch share a bin only while it holds
 * at most a {@code share} of the batch's normal pixels, of its anomalous ones and of its overlap,
 * and at most twice that of the number of pixels above it: at most {@code share} of all pairs lose
 * their order, and no precision moves by more than {@code 2 share} within a bin. The shares of
 * several batches do not add up, each is of its own batch; when the bins themselves get too many,
 * neighbours are grouped by the same limits, which adds one more {@code share}.
 *
 * <p>What was forgotten is not only limited but known: every metric rises when an anomalous pixel
 * moves up or a normal one down, so {@link #descend} gives bounds on both sides.
 */
final class ScoreBins {
  /**
   * Any two neighbouring bins together exceed one of the limits, so b pixels need at most 2 (3 + ½
   * ln b) / share bins: half the capacity for 10^11 pixels.
   */
  private static final double SHARE_TIMES_CAPACITY = 64;

  private final int capacity;
  private final double share;
  private Columns bins;

  /**
   * @param capacity largest number of bins, 32 bytes each
   */
  ScoreBins(int capacity) {
    this.capacity = capacity;
    this.share = SHARE_TIMES_CAPACITY / capacity;
    this.bins = new Columns(Math.min(capacity, 1 << 16));
  }

  int size() {
    return bins.size;
  }

  /** Adds a batch; nothing of its arrays is kept. */
  void add(PixelBatch batch) {
    Limits limits = new Limits(batch.normal(), batch.anomalous(), batch.overlap());
    batch.orderCells(new Crowded(limits));
    Grouping grouping = new Grouping(limits);
    batch.descend(grouping);
    grouping.close();
  }

  /**
   * Tells all pixels from the highest score to the lowest, with the forgotten orders decided all
   * for the detector (the anomalous pixels of a bin at its top, the normal ones at its bottom) or
   * all against it.
   */
  void descend(boolean inFavour, Descent to) {
    Columns b = bins;
    long[] byAnomalous = b.order(inFavour ? b.high : b.low);
    long[] byNormal = b.order(inFavour ? b.low : b.high);
    int a = b.size - 1;
    int n = b.size - 1;
    while (a >= 0 || n >= 0) {
      int key = Math.max(keyAt(byAnomalous, a), keyAt(byNormal, n));
      long anomalousHere = 0;
      double overlapHere = 0;
      for (; a >= 0 && keyAt(byAnomalous, a) == key; a--) {
        int bin = (int) byAnomalous[a];
        anomalousHere += b.anomalous[bin];
        overlapHere += b.overlap[bin];
      }
      long normalHere = 0;
      for (; n >= 0 && keyAt(byNormal, n) == key; n--) {
        normalHere += b.normal[(int) byNormal[n]];
      }
      to.step(key, key, normalHere, anomalousHere, overlapHere);
    }
  }

  private static int keyAt(long[] ordered, int position) {
    return position >= 0 ? (int) (ordered[position] >> 32) : ScoreKeys.BELOW_ALL;
  }

  /** Groups neighbours of different batches by the limits of all pixels. */
  private void makeRoom() {
    Columns old = bins;
    bins = new Columns(capacity);
    Grouping grouping =
        new Grouping(
            new Limits(
                Arrays.stream(old.normal).sum(),
                Arrays.stream(old.anomalous).sum(),
                Arrays.stream(old.overlap).sum()));
    old.descend(grouping);
    grouping.close();
  }

  /** The bins, one array a property. */
  private static final class Columns {
    private int size;
    private int[] low;
    private int[] high;
    private long[] normal;
    private long[] anomalous;
    private double[] overlap;

    Columns(int room) {
      low = new int[room];
      high = new int[room];
      normal = new long[room];
      anomalous = new long[room];
      overlap = new double[room];
    }

    void append(int lowKey, int highKey, long n, long a, double o) {
      if (size == low.length) {
        low = Arrays.copyOf(low, 2 * size);
        high = Arrays.copyOf(high, 2 * size);
        normal = Arrays.copyOf(normal, 2 * size);
        anomalous = Arrays.copyOf(anomalous, 2 * size);
        overlap = Arrays.copyOf(overlap, 2 * size);
      }
      low[size] = lowKey;
      high[size] = highKey;
      normal[size] = n;
      anomalous[size] = a;
      overlap[size] = o;
      size++;
    }

    /** All bins, highest first. */
    void descend(Descent to) {
      long[] ordered = order(high);
      for (int i = size - 1; i >= 0; i--) {
        int bin = (int) ordered[i];
        to.step(low[bin], high[bin], normal[bin], anomalous[bin], overlap[bin]);
      }
    }

    /** Ascending by one of the two keys: the key in the upper, the bin in the lower 32 bits. */
    long[] order(int[] keys) {
      long[] ordered = new long[size];
      for (int i = 0; i < size; i++) {
        ordered[i] = ((long) keys[i] << 32) | i;
      }
      return RadixSort.sort(ordered, new long[size], size);
    }
  }

  /** What a bin may hold of a set of pixels. */
  private final class Limits {
    private final double normal;
    private final double anomalous;
    private final double overlap;

    Limits(double normalTotal, double anomalousTotal, double overlapTotal) {
      normal = share * normalTotal;
      anomalous = share * anomalousTotal;
      overlap = share * overlapTotal;
    }

    boolean allow(long n, long a, double o, long above) {
      return n <= normal && a <= anomalous && o <= overlap && n + a <= 2 * share * above;
    }
  }

  /** The order within a cell matters where the cell is too much for one bin. */
  private static final class Crowded implements PixelBatch.OrderRule {
    private final Limits limits;
    private long above;

    Crowded(Limits limits) {
      this.limits = limits;
    }

    @Override
    public boolean matters(long n, long a, double o) {
      boolean matters = n + a > 1 && !limits.allow(n, a, o, above);
      above += n + a;
      return matters;
    }
  }

  /** Joins neighbours, told from high to low, as far as the limits allow. */
  private final class Grouping implements Descent {
    private final Limits limits;
    private long above; // pixels above the open bin
    private int low;
    private int high;
    private long normal;
    private long anomalous;
    private double overlap;

    Grouping(Limits limits) {
      this.limits = limits;
    }

    @Override
    public void step(int lowKey, int highKey, long n, long a, double o) {
      if (limits.allow(normal + n, anomalous + a, overlap + o, above)) {
        low = Math.min(low, lowKey);
      } else {
        close();
        low = lowKey;
        high = highKey;
      }
      normal += n;
      anomalous += a;
      overlap += o;
    }

    void close() {
      if (normal + anomalous > 0) {
        if (bins.size == capacity) {
          makeRoom();
        }
        bins.append(low, high, normal, anomalous, overlap);
      }
      above += normal + anomalous;
      normal = 0;
      anomalous = 0;
      overlap = 0;
    }
  }
}
