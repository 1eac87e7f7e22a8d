/**
 * AUROC, AP, F1-max, AUPRO and their kin from plain arrays. Start at {@link ImageMetrics} for
 * images and at {@link PixelMetrics} for maps.
 *
 * <p>Every class here keeps: higher is more anomalous; values are fractions in [0, 1]; equal scores
 * are one threshold, so the order of the input never counts; an undefined metric (one class only,
 * NaN) throws {@link io.github.dyad.InputException} and never becomes 0.5. Infinite scores are
 * scores: the log of a probability 0 is −∞, and it ranks below all others. No ND4J here: the
 * metrics are checked on plain arrays.
 *
 * <p>A new metric that reads thresholds from high to low is a sum in {@link PixelSweep} and a
 * golden with its recipe.
 */
package io.github.dyad.metric;
