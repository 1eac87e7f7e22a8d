package io.github.dyad.experiment;

import java.util.List;

/**
 * How a run ended.
 *
 * @param rows what now stands in {@code results.csv}
 * @param trials in the grid
 * @param finishedTrials those with all their rows
 * @param failures what did not get done
 * @param stopped whether it was asked to stop
 */
public record RunReport(
    List<ResultRow> rows,
    int trials,
    int finishedTrials,
    List<RunListener.Failure> failures,
    boolean stopped) {
  public RunReport {
    rows = List.copyOf(rows);
    failures = List.copyOf(failures);
  }
}
