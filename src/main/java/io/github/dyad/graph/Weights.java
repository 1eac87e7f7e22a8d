package io.github.dyad.graph;

import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Where a block gets its weights: a named variable of the graph, trainable or constant. Names and
 * layouts are PyTorch's (linear weights are (out, in)), so that weight files need no translation.
 */
@FunctionalInterface
public interface Weights {
  SDVariable get(String name, long... shape);

  /** The same weights under a longer name: {@code prefix + name}. */
  default Weights under(String prefix) {
    return (name, shape) -> get(prefix + name, shape);
  }
}
