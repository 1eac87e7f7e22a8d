package io.github.dyad.graph;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** The k-th largest element of a vector, from stock ops; k is a value of the graph. */
public final class KthLargest {
  private KthLargest() {}

  /**
   * @param x (n)
   * @param rank k, 1 ≤ k ≤ n, INT64 scalar
   */
  public static SDVariable of(SameDiff graph, SDVariable x, SDVariable rank) {
    return new NthLargest(graph, x, rank.sub(1)).outputVariable();
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
