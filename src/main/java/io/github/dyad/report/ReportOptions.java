package io.github.dyad.report;

import io.github.dyad.Require;

/**
 * How much a report looks at.
 *
 * @param trials that are shown with pictures, the best of each data set first
 * @param sample test images of a trial that are scored again, for histograms of the first step and
 *     t-SNE
 * @param gallery test images of a trial that are shown, the most wrong first
 */
public record ReportOptions(int trials, int sample, int gallery) {
  public static final ReportOptions DEFAULTS = new ReportOptions(12, 200, 12);

  public ReportOptions {
    Require.atLeast("--trials", trials, 0);
    Require.atLeast("--sample", sample, 0);
    Require.atLeast("--gallery", gallery, 0);
  }
}
