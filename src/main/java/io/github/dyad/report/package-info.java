/**
 * Pages and figures from result rows, saved scores and anomaly maps. Start at {@link
 * io.github.dyad.report.HeatMap}.
 *
 * <p>Nothing here computes a score: what is shown was computed elsewhere.
 */
package io.github.dyad.report;
