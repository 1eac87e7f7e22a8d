package io.github.dyad.metric;

import io.github.dyad.InputException;
import io.github.dyad.Require;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The pixel metrics of a data set, one anomaly map after the other, in bounded memory: a heap of
 * 1.5 GB holds however many maps. Exact up to 2^26 normal and 2^24 anomalous pixels (1,024 maps of
 * 256×256). Beyond that pixels are kept in bins, and {@link Values#errorBound} is computed with the
 * values: the largest distance from the exact ones that the forgotten orders allow (1.4e-5 for
 * 100,000 maps of 256×256; src/bench/pixel-metrics). Not safe for several threads.
 */
public final class PixelMetrics {
  /** MVTec's limit of the false-positive rate in AUPRO. */
  public static final double FPR_LIMIT = 0.3;

  private static final int EXACT_PIXELS = 1 << 26;
  private static final int BINS = 1 << 22;

  private final int exactPixels;
  private final int binCapacity;
  private final MaskRegions regions = new MaskRegions();

  private int[] normal = new int[1 << 16];
  private int normalCount;
  private long[] anomalous = new long[1 << 10]; // key << 32 | index of the weight
  private int anomalousCount;
  private double[] weight = new double[64];
  private int weightCount;
  private ScoreBins bins; // none while everything is exact

  private long maps;
  private long normalTotal;
  private long anomalousTotal;
  private long regionTotal;
  private int lowestKey = Integer.MAX_VALUE;
  private int highestKey = Integer.MIN_VALUE;

  /**
   * What was measured; fractions in [0, 1].
   *
   * @param auroc area under the pixels' ROC curve
   * @param averagePrecision of all pixels
   * @param f1Max largest F1 over all thresholds
   * @param iouMax largest intersection over union of the anomalous pixels over all thresholds,
   *     which averaged over categories is the field's mIoU-max
   * @param aupro area under the per-region-overlap curve up to the limit, divided by it (MVTec's
   *     rule); with saturated regions it is the area under the sPRO curve
   * @param auproDinomaly the same by the Dinomaly code's 200 thresholds; empty where its rule
   *     divides by 0
   * @param fprLimit false-positive rate up to which the two areas are taken
   * @param errorBound largest possible distance of the first five from the exact value; 0 if exact.
   *     It does not hold for {@code auproDinomaly}, which jumps where a rate crosses the limit
   */
  public record Values(
      double auroc,
      double averagePrecision,
      double f1Max,
      double iouMax,
      double aupro,
      OptionalDouble auproDinomaly,
      double fprLimit,
      double errorBound) {}

  public PixelMetrics() {
    this(EXACT_PIXELS, BINS);
  }

  /**
   * In less memory: 12 bytes for each of the exact pixels, and 130 MB.
   *
   * @param exactPixels so many normal pixels, and a quarter of it anomalous ones, stay exact
   */
  public PixelMetrics(int exactPixels) {
    this(exactPixels, BINS);
  }

  /**
   * @param exactPixels so many normal pixels, and a quarter of it anomalous ones, are kept as they
   *     are: 8 and 16 bytes each, sorting included
   * @param binCapacity bins for all others, 32 bytes each
   */
  PixelMetrics(int exactPixels, int binCapacity) {
    this.exactPixels = exactPixels;
    this.binCapacity = binCapacity;
  }

  /**
   * Adds the map of a normal image.
   *
   * @param map (H · W), higher is more anomalous; infinite scores are allowed
   * @throws InputException when a score is NaN
   */
  public void addNormal(float[] map) {
    requireNumbers(map);
    makeRoom(map.length, 0);
    addNormal(map, 0, map.length);
    maps++;
  }

  /**
   * Adds a map with its mask, whose 8-connected regions are the regions of AUPRO. A mask without an
   * anomalous pixel is that of a normal image.
   *
   * @param map (H · W), row by row
   * @param mask (H · W), true where anomalous
   * @param width W
   * @throws InputException when a score is NaN or the mask has another size than the map
   */
  public void add(float[] map, boolean[] mask, int width) {
    if (width < 1 || map.length % width != 0) {
      throw new IllegalArgumentException(map.length + " pixels in rows of " + width);
    }
    requireSameSize(map, mask);
    requireNumbers(map);
    regions.label(mask, width);
    makeRoom(map.length - regions.pixels(), regions.pixels());
    int firstWeight = weightCount;
    for (int r = 0; r < regions.regions(); r++) {
      addWeight(1.0 / regions.size(r));
    }
    int done = 0;
    for (int run = 0; run < regions.runs(); run++) {
      addNormal(map, done, regions.start(run));
      addAnomalous(map, regions.start(run), regions.end(run), firstWeight + regions.region(run));
      done = regions.end(run);
    }
    addNormal(map, done, map.length);
    regionTotal += regions.regions();
    maps++;
  }

  /**
   * Adds a map with the annotated defects of MVTec-LOCO. Their union is the anomalous pixels; each
   * of them is one region, of which as many pixels count as its saturation.
   *
   * @param map (H · W), row by row
   * @param defects of as many pixels each; none for a normal image
   * @throws InputException as {@link #add(float[], boolean[], int)}
   */
  public void add(float[] map, List<SaturatedRegion> defects) {
    requireNumbers(map);
    boolean[] union = new boolean[map.length];
    double[] share = new double[map.length];
    for (SaturatedRegion defect : defects) {
      requireSameSize(map, defect.pixels());
      addShares(map, defect, share);
      for (int i = 0; i < union.length; i++) {
        union[i] |= defect.pixels()[i];
      }
    }
    makeRoom(map.length, map.length);
    double lastShare = -1;
    for (int i = 0; i < map.length; i++) {
      if (union[i]) {
        if (share[i] != lastShare) {
          lastShare = share[i];
          addWeight(lastShare);
        }
        addAnomalous(map, i, i + 1, weightCount - 1);
      } else {
        addNormal(map, i, i + 1);
      }
    }
    regionTotal += defects.size();
    maps++;
  }

  /** Maps added so far. */
  public long maps() {
    return maps;
  }

  /** Whether a normal and an anomalous pixel were among the maps, which all metrics need. */
  public boolean isDefined() {
    return normalTotal > 0 && anomalousTotal > 0;
  }

  /** The metrics of all maps so far, with {@link #FPR_LIMIT}; more maps may follow. */
  public Values values() {
    return values(FPR_LIMIT);
  }

  /**
   * The metrics of all maps so far; more maps may follow.
   *
   * @param fprLimit above 0, at most 1
   * @throws InputException when no pixel is normal or none is anomalous
   */
  public Values values(double fprLimit) {
    Require.closed("fprLimit", fprLimit, Double.MIN_VALUE, 1);
    if (!isDefined()) {
      throw new InputException(
          "pixel metrics need normal and anomalous pixels; of %d pixels in %d maps %d are anomalous"
              .formatted(normalTotal + anomalousTotal, maps, anomalousTotal));
    }
    if (bins == null) {
      PixelBatch batch = batch();
      PixelSweep exact = newSweep(fprLimit);
      exact.order(batch);
      batch.descend(exact);
      return values(exact, exact, fprLimit);
    }
    if (normalCount + anomalousCount > 0) {
      flush();
    }
    PixelSweep best = newSweep(fprLimit);
    bins.descend(true, best);
    PixelSweep worst = newSweep(fprLimit);
    bins.descend(false, worst);
    return values(best, worst, fprLimit);
  }

  private PixelSweep newSweep(double fprLimit) {
    return new PixelSweep(
        normalTotal, anomalousTotal, regionTotal, fprLimit, lowestKey, highestKey);
  }

  private static Values values(PixelSweep best, PixelSweep worst, double fprLimit) {
    Interval auroc = new Interval(best, worst, PixelSweep::auroc);
    Interval averagePrecision = new Interval(best, worst, PixelSweep::averagePrecision);
    Interval f1Max = new Interval(best, worst, PixelSweep::f1Max);
    Interval iouMax = new Interval(best, worst, PixelSweep::iouMax);
    Interval aupro = new Interval(best, worst, PixelSweep::aupro);
    OptionalDouble dinomaly = best.auproDinomaly();
    OptionalDouble dinomalyWorst = worst.auproDinomaly();
    return new Values(
        auroc.middle(),
        averagePrecision.middle(),
        f1Max.middle(),
        iouMax.middle(),
        aupro.middle(),
        dinomaly.isPresent() && dinomalyWorst.isPresent()
            ? OptionalDouble.of((dinomaly.getAsDouble() + dinomalyWorst.getAsDouble()) / 2)
            : OptionalDouble.empty(),
        fprLimit,
        Math.max(
            Math.max(auroc.halfWidth(), averagePrecision.halfWidth()),
            Math.max(Math.max(f1Max.halfWidth(), iouMax.halfWidth()), aupro.halfWidth())));
  }

  private record Interval(double worst, double best) {
    Interval(PixelSweep best, PixelSweep worst, Function<PixelSweep, Double> metric) {
      this(metric.apply(worst), metric.apply(best));
    }

    double middle() {
      return (worst + best) / 2;
    }

    double halfWidth() {
      return Math.abs(best - worst) / 2;
    }
  }

  /** Adds 1/saturation to the defect's pixels of highest score, as many as its saturation. */
  private static void addShares(float[] map, SaturatedRegion defect, double[] share) {
    boolean[] pixels = defect.pixels();
    int[] keys = new int[map.length];
    int area = 0;
    for (int i = 0; i < map.length; i++) {
      if (pixels[i]) {
        keys[area++] = ScoreKeys.of(map[i]);
      }
    }
    Arrays.sort(keys, 0, area);
    int lastKey = keys[area - defect.saturation()];
    int tied = defect.saturation(); // how many of the pixels that tie at the last key still count
    for (int i = area - 1; i >= 0 && keys[i] > lastKey; i--) {
      tied--;
    }
    for (int i = 0; i < map.length; i++) {
      if (pixels[i]) {
        int key = ScoreKeys.of(map[i]);
        if (key > lastKey || (key == lastKey && tied-- > 0)) {
          share[i] += 1.0 / defect.saturation();
        }
      }
    }
  }

  /** Room in both buffers for one map, where need be by handing what they hold to the bins. */
  private void makeRoom(int normalPixels, int anomalousPixels) {
    boolean full =
        normalCount + (long) normalPixels > exactPixels
            || anomalousCount + (long) anomalousPixels > exactPixels / 4;
    if (full && normalCount + anomalousCount > 0) {
      flush();
    }
    if (normal.length - normalCount < normalPixels) {
      normal = Arrays.copyOf(normal, room(normal.length, normalCount + normalPixels, exactPixels));
    }
    if (anomalous.length - anomalousCount < anomalousPixels) {
      anomalous =
          Arrays.copyOf(
              anomalous, room(anomalous.length, anomalousCount + anomalousPixels, exactPixels / 4));
    }
  }

  /** Twice the old room, unless that is more than the most or less than what is needed. */
  private static int room(int old, int needed, int most) {
    return (int) Math.max(needed, Math.min(2L * old, most));
  }

  private void addNormal(float[] map, int from, int to) {
    int count = normalCount;
    for (int i = from; i < to; i++) {
      normal[count++] = ScoreKeys.of(map[i]);
    }
    normalCount = count;
    normalTotal += to - from;
  }

  private void addAnomalous(float[] map, int from, int to, int weightIndex) {
    int count = anomalousCount;
    for (int i = from; i < to; i++) {
      anomalous[count++] = ((long) ScoreKeys.of(map[i]) << 32) | weightIndex;
    }
    anomalousCount = count;
    anomalousTotal += to - from;
  }

  private void addWeight(double value) {
    if (weightCount == weight.length) {
      weight = Arrays.copyOf(weight, 2 * weightCount);
    }
    weight[weightCount++] = value;
  }

  private PixelBatch batch() {
    long[] sorted = RadixSort.sort(anomalous, new long[anomalousCount], anomalousCount);
    PixelBatch batch = new PixelBatch(normal, normalCount, sorted, anomalousCount, weight);
    lowestKey = Math.min(lowestKey, batch.lowestKey());
    highestKey = Math.max(highestKey, batch.highestKey());
    return batch;
  }

  private void flush() {
    if (bins == null) {
      bins = new ScoreBins(binCapacity);
    }
    bins.add(batch());
    normalCount = 0;
    anomalousCount = 0;
    weightCount = 0;
  }

  private static void requireNumbers(float[] map) {
    boolean holdsNaN = false;
    for (float score : map) {
      holdsNaN |= Float.isNaN(score);
    }
    if (holdsNaN) {
      int first = 0;
      while (!Float.isNaN(map[first])) {
        first++;
      }
      throw new InputException(
          "pixel " + first + " of " + map.length + " of the map is NaN; metrics need numbers");
    }
  }

  private static void requireSameSize(float[] map, boolean[] mask) {
    if (mask.length != map.length) {
      throw new InputException(
          "the map has " + map.length + " pixels, but its mask has " + mask.length);
    }
  }
}
