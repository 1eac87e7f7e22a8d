/**
 * Turns teacher–student discrepancy into anomaly maps and image scores. Start at {@link
 * io.github.dyad.anomaly.AnomalyScorer}.
 *
 * <p>Every class here keeps: higher is more anomalous; identical features give a zero map; an
 * image's score has the same bits in whatever company it is scored.
 */
package io.github.dyad.anomaly;
