package io.github.dyad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskRegionsTest {
  @Test
  void regions_and_their_sizes_equal_those_of_a_flood_fill() {
    MaskRegions regions = new MaskRegions();
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int width = 1 + random.nextInt(20);
      boolean[] mask = new boolean[width * (1 + random.nextInt(20))];
      double share = random.nextDouble();
      for (int i = 0; i < mask.length; i++) {
        mask[i] = random.nextDouble() < share;
      }
      int[] filled = floodFill(mask, width);
      regions.label(mask, width);
      // the same partition: each run lies in one filled region, numbers map one to one, sizes agree
      int[] filledOf = new int[regions.regions() + 1];
      int pixels = 0;
      for (int run = 0; run < regions.runs(); run++) {
        for (int i = regions.start(run); i < regions.end(run); i++, pixels++) {
          int region = regions.region(run);
          filledOf[region] = filledOf[region] == 0 ? filled[i] : filledOf[region];
          assertEquals(filledOf[region], filled[i], "seed " + seed);
        }
      }
      assertEquals(Arrays.stream(filled).max().orElse(0), regions.regions(), "seed " + seed);
      assertEquals(pixels, regions.pixels());
      for (int r = 0; r < regions.regions(); r++) {
        int number = filledOf[r];
        assertEquals(
            Arrays.stream(filled).filter(f -> f == number).count(),
            regions.size(r),
            "seed " + seed);
      }
    }
  }

  /** Region of each pixel from 1, 0 for none; 8 neighbours. */
  private static int[] floodFill(boolean[] mask, int width) {
    int[] region = new int[mask.length];
    int regions = 0;
    for (int first = 0; first < mask.length; first++) {
      if (mask[first] && region[first] == 0) {
        region[first] = ++regions;
        Deque<Integer> open = new ArrayDeque<>();
        open.push(first);
        while (!open.isEmpty()) {
          int at = open.pop();
          for (int row = at / width - 1; row <= at / width + 1; row++) {
            for (int column = at % width - 1; column <= at % width + 1; column++) {
              int next = row * width + column;
              boolean within = row >= 0 && column >= 0 && column < width && next < mask.length;
              if (within && mask[next] && region[next] == 0) {
                region[next] = regions;
                open.push(next);
              }
            }
          }
        }
      }
    }
    return region;
  }
}
