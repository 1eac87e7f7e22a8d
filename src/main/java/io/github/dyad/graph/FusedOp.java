package io.github.dyad.graph;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Workers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * A SameDiff op that a {@link Plan} runs on Dyad's kernels. SameDiff knows its gradient; it cannot
 * run it. Every concrete class has a no-argument constructor and stands in {@link FusedOps},
 * because SameDiff copies ops by writing and reading them.
 */
public abstract class FusedOp extends DynamicCustomOp {
  /** Where an op finds its values once the plan has given every array its place. */
  public interface Memory {
    /** Input {@code i}, contiguous. */
    Floats in(int i);

    /** Output {@code i}, or null if nothing reads it. */
    Floats out(int i);

    long[] shape(int input);

    /** Input {@code i} when it is not float32. */
    INDArray array(int i);

    /** Floats shared by all ops of the plan: valid during one run of this op only. */
    Floats scratch(long count);

    Workers workers();
  }

  protected FusedOp() {}

  protected FusedOp(SameDiff graph, SDVariable... inputs) {
    super(null, graph, inputs);
  }

  /** Output shapes from input shapes. */
  protected abstract List<long[]> outputShapes(List<long[]> inputs);

  /** Everything that can be prepared, is; the result runs once a step and allocates nothing. */
  protected abstract Runnable bind(Memory memory);

  /**
   * What {@code doDiff} returns: the gradient op's outputs, in the order of this op's inputs.
   * Inputs without a gradient come last and have no entry.
   */
  protected static List<SDVariable> outputs(FusedOp op) {
    return List.of(op.outputVariables());
  }

  protected final int ints(int i) {
    return Math.toIntExact(getIArgument(i));
  }

  protected final double real(int i) {
    return getTArgument(i);
  }

  @Override
  public String opName() {
    Class<?> outer = getClass().getEnclosingClass();
    String name = getClass().getSimpleName();
    return "dyad_" + (outer == null ? name : outer.getSimpleName() + name);
  }

  @Override
  public long opHash() {
    return opName().hashCode(); // not asked of the native library
  }

  @Override
  public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
    return Collections.nCopies(getNumOutputs(), DataType.FLOAT);
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  // SameDiff would look these up among the native library's ops; all arguments are iArgs and tArgs.

  @Override
  public Map<String, Object> propertiesForFunction() {
    return new LinkedHashMap<>();
  }

  @Override
  public void setPropertiesForFunction(Map<String, Object> properties) {}

  @Override
  public void configureFromArguments() {}

  @Override
  public void assertValidForExecution() {}
}
