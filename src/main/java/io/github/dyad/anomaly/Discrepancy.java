package io.github.dyad.anomaly;

/**
 * One image's differences between teacher and students as vectors: what the paper's t-SNE pictures
 * (Fig. 5) and variance maps are made of. Null where a student was not trained.
 *
 * @param encoder c_T^m − c_E^m, (D)
 * @param decoder mean over patches and groups of F_T − F_D, (D)
 * @param teacherPatches mean of the two groups' F_T, (N, D)
 */
public record Discrepancy(float[] encoder, float[] decoder, float[] teacherPatches) {}
