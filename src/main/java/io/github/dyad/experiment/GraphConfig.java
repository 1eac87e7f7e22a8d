package io.github.dyad.experiment;

import io.github.dyad.graph.Lowering;

/**
 * How SameDiff graphs are executed. Part of the training's key: the two round differently.
 *
 * @param lowering fused CPU kernels, or ND4J's own operations on any backend
 */
public record GraphConfig(Lowering lowering) {
  public static final GraphConfig DEFAULTS = new GraphConfig(Lowering.ofBuild());
}
