/**
 * Pages and figures from result rows, saved scores and anomaly maps. Start at {@link
 * io.github.dyad.report.Report}.
 *
 * <p>Nothing here computes a score: what is shown was computed elsewhere. Pages ask for nothing but
 * themselves; their templates, styles and scripts are resources of this package.
 */
package io.github.dyad.report;
