package io.github.dyad.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Finds the shapes of a graph's values: stock ops are executed once on zeros (their output shape
 * may depend on values), fused ops only say their shapes.
 */
final class DryRun {
  private final SameDiff graph;
  private final Map<String, INDArray> leaves;
  private final Map<String, long[]> shapes;
  private final Map<String, INDArray> values = new HashMap<>();
  private final Map<String, DataType> types = new HashMap<>();
  private final Map<String, INDArray> retained = new HashMap<>();

  DryRun(SameDiff graph, Map<String, INDArray> leaves, Map<String, long[]> shapes) {
    this.graph = graph;
    this.leaves = leaves;
    this.shapes = shapes;
  }

  boolean isFloat(String name) {
    return types.get(name) == DataType.FLOAT;
  }

  /** The array of a value that the plan gives no place: not float32, or read by nobody. */
  INDArray array(String name) {
    return retained.get(name);
  }

  void run(DifferentialFunction op, Map<String, Integer> lastUse, int index) {
    String[] names = op.outputVariablesNames();
    if (op instanceof FusedOp fused) {
      List<long[]> inputs = new ArrayList<>();
      for (String input : op.argNames()) {
        inputs.add(shapes.get(input));
      }
      List<long[]> outputs = fused.outputShapes(inputs);
      for (int i = 0; i < names.length; i++) {
        shapes.put(names[i], outputs.get(i));
        types.put(names[i], DataType.FLOAT);
      }
    } else {
      INDArray[] in = inputs(op);
      OpContext context = parameterize(op, in);
      List<INDArray> out = outputs(op, context);
      for (int i = 0; i < names.length; i++) {
        context.setOutputArray(i, out.get(i));
      }
      execute(op, context);
      for (int i = 0; i < names.length; i++) {
        shapes.put(names[i], out.get(i).shape());
        types.put(names[i], out.get(i).dataType());
        values.put(names[i], out.get(i));
        if (!lastUse.containsKey(names[i]) || out.get(i).dataType() != DataType.FLOAT) {
          retained.put(names[i], out.get(i));
        }
      }
    }
    for (String input : op.argNames()) {
      if (lastUse.get(input) == index) {
        values.remove(input);
      }
    }
  }

  private INDArray[] inputs(DifferentialFunction op) {
    String[] names = op.argNames();
    INDArray[] arrays = new INDArray[names.length];
    for (int i = 0; i < names.length; i++) {
      String name = names[i];
      INDArray leaf = leaves.get(name);
      arrays[i] =
          leaf != null
              ? leaf
              : values.computeIfAbsent(name, n -> Nd4j.zeros(DataType.FLOAT, shapes.get(n)));
    }
    return arrays;
  }

  private List<INDArray> outputs(DifferentialFunction op, OpContext context) {
    List<LongShapeDescriptor> described =
        op instanceof DynamicCustomOp custom
            ? custom.calculateOutputShape(context)
            : ((BaseOp) op).calculateOutputShape(context);
    String[] names = op.outputVariablesNames();
    List<INDArray> out = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      // An op with several valid output types: the graph knows which.
      DataType type = graph.getVariable(names[i]).dataType();
      out.add(Nd4j.create(described.get(i).asDataType(type)));
    }
    return out;
  }

  /** A context on the plan's final arrays. */
  OpContext context(DifferentialFunction op, Map<String, INDArray> arrays) {
    String[] names = op.argNames();
    INDArray[] in = new INDArray[names.length];
    for (int i = 0; i < in.length; i++) {
      in[i] = arrays.get(names[i]);
    }
    OpContext context = parameterize(op, in);
    String[] results = op.outputVariablesNames();
    for (int i = 0; i < results.length; i++) {
      context.setOutputArray(i, arrays.get(results[i]));
    }
    return context;
  }

  /** As SameDiff's own session sets up an op: a second input may be an axis or a scalar. */
  private static OpContext parameterize(DifferentialFunction op, INDArray[] in) {
    OpContext context = Nd4j.getExecutioner().buildContext();
    if (op instanceof DynamicCustomOp custom) {
      context.setArgs(in, custom.iArgs(), custom.dArgs(), custom.tArgs(), custom.bArgs());
      return context;
    }
    boolean secondIsArgument = false;
    if (in.length == 2 && op instanceof ReduceOp reduce && reduce.getOpType() != Op.Type.REDUCE3) {
      op.setDimensions(Shape.normalizeAxis(in[0].rank(), in[1].toIntVector()));
      secondIsArgument = true;
    } else if (in.length == 2 && op instanceof ScalarOp scalar) {
      scalar.setScalar(in[1]);
      secondIsArgument = true;
    }
    if (in.length > 0) {
      context.setInputArray(0, in[0]);
    }
    if (in.length > 1 && !secondIsArgument) {
      context.setInputArray(1, in[1]);
    }
    return context;
  }

  static void execute(DifferentialFunction op, OpContext context) {
    if (op instanceof CustomOp custom) {
      Nd4j.exec(custom, context);
    } else {
      Nd4j.exec((Op) op, context);
    }
  }
}
