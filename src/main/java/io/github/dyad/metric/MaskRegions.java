package io.github.dyad.metric;

import java.util.Arrays;

/**
 * The 8-connected regions of a mask, held as runs of pixels within rows: two runs of neighbouring
 * rows that touch, be it at a corner, belong to one region. The object is reused from mask to mask.
 */
final class MaskRegions {
  private int runs;
  private int regions;
  private int pixels;
  private int[] start = new int[64]; // first pixel, row · width + column
  private int[] end = new int[64]; // one past the last
  private int[] region = new int[64]; // while labelling: parent in the union-find forest
  private int[] size = new int[64];

  /** Labels a mask of rows of {@code width} pixels. */
  void label(boolean[] mask, int width) {
    runs = 0;
    boolean[] emptyRow = new boolean[width];
    int above = 0; // first run of the row above, which ends where this row begins
    for (int offset = 0; offset < mask.length; offset += width) {
      int here = runs;
      if (!Arrays.equals(mask, offset, offset + width, emptyRow, 0, width)) {
        findRuns(mask, offset, offset + width);
      }
      join(above, here, width);
      above = here;
    }
    numberRegions();
  }

  int runs() {
    return runs;
  }

  /** First pixel of a run. */
  int start(int run) {
    return start[run];
  }

  /** One past the last pixel of a run. */
  int end(int run) {
    return end[run];
  }

  /** Region of a run, from 0. */
  int region(int run) {
    return region[run];
  }

  int regions() {
    return regions;
  }

  /** Pixels of all regions. */
  int pixels() {
    return pixels;
  }

  /** Pixels of a region. */
  int size(int r) {
    return size[r];
  }

  private void findRuns(boolean[] mask, int from, int to) {
    for (int i = from; i < to; i++) {
      if (mask[i]) {
        if (runs == start.length) {
          start = Arrays.copyOf(start, 2 * runs);
          end = Arrays.copyOf(end, 2 * runs);
          region = Arrays.copyOf(region, 2 * runs);
        }
        start[runs] = i;
        while (i < to && mask[i]) {
          i++;
        }
        end[runs] = i;
        region[runs] = runs;
        runs++;
      }
    }
  }

  /** Joins the runs [here, runs) of a row with those [above, here) of the row above. */
  private void join(int above, int here, int width) {
    int a = above;
    for (int r = here; r < runs; r++) {
      int first = start[r] - width - 1; // as far as the corners reach, in the row above
      int last = end[r] - width;
      while (a < here && end[a] <= first) {
        a++;
      }
      for (int touching = a; touching < here && start[touching] <= last; touching++) {
        int one = root(touching);
        int other = root(r);
        region[Math.max(one, other)] = Math.min(one, other);
      }
    }
  }

  private int root(int run) {
    int r = run;
    while (region[r] != r) {
      region[r] = region[region[r]];
      r = region[r];
    }
    return r;
  }

  /** Turns parents into dense numbers and sums sizes; a root comes before its runs. */
  private void numberRegions() {
    regions = 0;
    pixels = 0;
    if (size.length < runs) {
      size = new int[runs];
    }
    for (int r = 0; r < runs; r++) {
      // earlier runs already hold their number, so the parent must be a root or numbered before
      if (region[r] == r) {
        size[regions] = 0;
        region[r] = regions++;
      } else {
        region[r] = region[region[r]];
      }
      size[region[r]] += end[r] - start[r];
      pixels += end[r] - start[r];
    }
  }
}
