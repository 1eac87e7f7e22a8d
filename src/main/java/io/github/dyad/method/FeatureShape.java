package io.github.dyad.method;

import io.github.dyad.graph.TokenGrid;

/**
 * Sizes of an image's features.
 *
 * @param classTokens m = K + 1, after every block and after the final norm
 * @param tokens where class, register and patch tokens stand in the groups
 * @param width D
 */
public record FeatureShape(int classTokens, TokenGrid tokens, int width) {}
