package io.github.dyad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The two ends of what binned pixels allow, against the exact metrics of the same pixels. */
class ScoreBinsTest {
  private static final int CAPACITY = 4_000;
  private static final double SHARE = 64.0 / CAPACITY;
  private static final double ROUNDING = 1e-12;

  @Test
  void the_exact_value_lies_between_the_two_ends_however_the_pixels_of_a_bin_are_ordered() {
    for (long seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      Batches batches = new Batches();
      for (int b = 0; b < 12; b++) {
        // wide and narrow batches, so that bins of one lie within those of another
        int spread = 1 << (4 + random.nextInt(10));
        int centre = random.nextInt(1 << 13);
        for (int i = 0; i < 3_000; i++) {
          int pair = 2 * (centre + random.nextInt(spread));
          // the normal score just below or just above the anomalous one
          batches.add(pair + (seed % 2 == 0 ? 0 : 1), false);
          if (i % 3 == 0) {
            batches.add(pair + (seed % 2 == 0 ? 1 : 0), true);
          }
        }
        batches.end();
      }
      PixelSweep best = batches.binned(true);
      PixelSweep exact = batches.exact();
      PixelSweep worst = batches.binned(false);
      String summary = "seed " + seed;
      assertBetween(worst.auroc(), exact.auroc(), best.auroc(), summary + " auroc");
      assertBetween(
          worst.averagePrecision(), exact.averagePrecision(), best.averagePrecision(), summary);
      assertBetween(worst.f1Max(), exact.f1Max(), best.f1Max(), summary + " f1");
      assertBetween(worst.aupro(), exact.aupro(), best.aupro(), summary + " aupro");
      assertTrue(best.auroc() - worst.auroc() < 4 * SHARE, summary);
    }
  }

  @Test
  void a_batch_loses_at_most_its_share_also_where_the_other_class_comes_in_another_batch() {
    Batches batches = new Batches();
    for (int i = 0; i < 20_000; i++) {
      batches.add(2 * i, false);
    }
    batches.end();
    for (int i = 0; i < 20_000; i++) {
      batches.add(2 * i + 1, true);
    }
    batches.end();
    double lost = batches.binned(true).auroc() - batches.binned(false).auroc();
    assertTrue(lost > 0 && lost <= 2 * SHARE, () -> "lost " + lost);
  }

  @Test
  void a_batch_loses_at_most_its_share_also_where_most_pixels_or_a_rare_class_crowd() {
    for (boolean rareClass : new boolean[] {false, true}) {
      Batches batches = new Batches();
      int crowd = 500_000_000;
      for (int i = 0; i < 180_000; i++) {
        batches.add(5_000 * i, !rareClass);
      }
      for (int i = 0; i < 20_000; i++) {
        batches.add(crowd + i, !rareClass);
      }
      for (int i = 0; i < 500; i++) {
        batches.add(crowd + 40 * i, rareClass);
      }
      batches.end();
      PixelSweep best = batches.binned(true);
      PixelSweep worst = batches.binned(false);
      assertTrue(best.auroc() - worst.auroc() <= SHARE, () -> "rare class " + rareClass);
      assertTrue(0.3 * (best.aupro() - worst.aupro()) <= SHARE, () -> "rare class " + rareClass);
    }
  }

  @Test
  void scores_too_frequent_for_a_bin_are_kept_one_by_one() {
    Batches batches = new Batches();
    for (int i = 0; i < 20_000; i++) {
      batches.add(i % 20, i % 7 == 0);
    }
    batches.end();
    assertEquals(batches.exact().auroc(), batches.binned(true).auroc());
    assertEquals(batches.exact().auroc(), batches.binned(false).auroc());
  }

  private static void assertBetween(double low, double value, double high, String summary) {
    assertTrue(
        low - ROUNDING <= value && value <= high + ROUNDING,
        () -> summary + ": " + value + " is not in [" + low + ", " + high + "]");
  }

  /** Pixels in batches, each anomalous one a region of its own. */
  private static final class Batches {
    private final ScoreBins bins = new ScoreBins(CAPACITY);
    private final List<Integer> normal = new ArrayList<>();
    private final List<Integer> anomalous = new ArrayList<>();
    private int normalDone;
    private int anomalousDone;

    void add(int key, boolean isAnomalous) {
      (isAnomalous ? anomalous : normal).add(key);
    }

    void end() {
      bins.add(
          batch(
              normal.subList(normalDone, normal.size()),
              anomalous.subList(anomalousDone, anomalous.size())));
      normalDone = normal.size();
      anomalousDone = anomalous.size();
    }

    PixelSweep exact() {
      PixelSweep sweep = sweep();
      PixelBatch all = batch(normal, anomalous);
      sweep.order(all);
      all.descend(sweep);
      return sweep;
    }

    PixelSweep binned(boolean inFavour) {
      PixelSweep sweep = sweep();
      bins.descend(inFavour, sweep);
      return sweep;
    }

    private PixelSweep sweep() {
      return new PixelSweep(normal.size(), anomalous.size(), anomalous.size(), 0.3, 0, 0);
    }

    private static PixelBatch batch(List<Integer> normal, List<Integer> anomalous) {
      int[] keys = normal.stream().mapToInt(Integer::intValue).toArray();
      long[] elements = anomalous.stream().mapToLong(key -> (long) key << 32).toArray();
      Arrays.sort(elements);
      return new PixelBatch(keys, keys.length, elements, elements.length, new double[] {1});
    }
  }
}
