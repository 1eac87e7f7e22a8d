package io.github.dyad.graph;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * The value without its gradient, from stock ops: float32 → the same bits as INT32 → float32.
 * SameDiff follows gradients through floating point values only, and has no op of its own for this.
 */
public final class StopGradient {
  private StopGradient() {}

  public static SDVariable of(SameDiff graph, SDVariable x) {
    SDVariable bits = new Bits(graph, x, DataType.INT32).outputVariable();
    return new Bits(graph, bits, DataType.FLOAT).outputVariable();
  }

  /** The native op {@code bitcast}; SameDiff re-reads it as its own class. */
  private static final class Bits extends DynamicCustomOp {
    private final DataType type;

    Bits(SameDiff graph, SDVariable x, DataType type) {
      super(null, graph, new SDVariable[] {x});
      this.type = type;
      addIArgument(type.toInt());
    }

    @Override
    public String opName() {
      return "bitcast";
    }

    @Override
    public int getNumOutputs() {
      return 1;
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
      return List.of(type);
    }
  }
}
