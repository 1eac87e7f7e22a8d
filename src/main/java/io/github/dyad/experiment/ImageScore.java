package io.github.dyad.experiment;

/**
 * An image's score, higher is more anomalous.
 *
 * @param decoder the s_D that was fused; NaN where the decoder student was not trained
 * @param score as printed: 1 − P, or the sum, or one student's score
 * @param rank orders as {@code score} does, but does not saturate; metrics rank by it
 */
public record ImageScore(double decoder, double score, double rank) {}
