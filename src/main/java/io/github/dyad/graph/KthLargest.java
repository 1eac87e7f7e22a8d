package io.github.dyad.graph;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** An element of a vector by rank, from stock ops; the rank is a value of the graph. */
public final class KthLargest {
  private KthLargest() {}

  /**
   * @param x (n)
   * @param rank place in descending order, from 0, INT64 scalar
   */
  public static SDVariable of(SameDiff graph, SDVariable x, SDVariable rank) {
    return new NthLargest(graph, x, rank).outputVariable();
  }

  /** The native op {@code nth_element}, in descending order, counted from 0. */
  private static final class NthLargest extends DynamicCustomOp {
    NthLargest(SameDiff graph, SDVariable x, SDVariable n) {
      super(null, graph, new SDVariable[] {x, n});
      addIArgument(1);
    }

    @Override
    public String opName() {
      return "nth_element";
    }

    @Override
    public int getNumOutputs() {
      return 1;
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
      return List.of(inputs.get(0));
    }
  }
}
