package io.github.dyad.teacher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx;

/**
 * The graph run once for one image size, on shapes: the shape of every tensor, the numbers of the
 * shape arithmetic, and, when asked for, the numbers of any constant, folded or not.
 */
final class GraphTrace {
  /** Stored tensors up to this size take part with their numbers; larger ones are weights. */
  private static final int SMALL = 64;

  /** Results up to this size are kept with their numbers. */
  private static final int KEPT = 4096;

  /** How long a chain of constant nodes may be (a weight: cast, transposed, reshaped, sliced). */
  private static final int MAX_CHAIN = 64;

  private final OnnxGraph graph;
  private final TensorReader reader;
  private final Operators operators;
  private final Set<String> imageDependent;
  private final Map<String, OnnxTensor> tensors = new HashMap<>();
  private final Map<String, RefusedException> unknown = new HashMap<>();

  /**
   * @param inputs shape of every graph input
   */
  GraphTrace(OnnxGraph graph, TensorReader reader, Map<String, int[]> inputs) {
    this.graph = graph;
    this.reader = reader;
    this.imageDependent = graph.imageDependent();
    long stored = 0;
    for (Map.Entry<String, Onnx.TensorProto> each : graph.stored().entrySet()) {
      try {
        int[] shape = TensorReader.shape(each.getValue());
        long count = Layout.count(shape);
        stored += Math.min(count, Integer.MAX_VALUE);
        tensors.put(
            each.getKey(),
            count <= SMALL ? reader.read(each.getValue()) : OnnxTensor.shapeOnly(shape));
      } catch (RefusedException e) {
        unknown.put(each.getKey(), e);
      }
    }
    // A weight is cast, turned and copied a few times at most; shape arithmetic is small.
    this.operators = new Operators(reader::read, 16 * stored + (4L << 20));
    inputs.forEach((name, shape) -> tensors.put(name, OnnxTensor.shapeOnly(shape)));
    graph.nodes().forEach(this::trace);
  }

  /** A node that is not understood harms only those who ask for its outputs. */
  private void trace(OnnxNode node) {
    if (!node.outputs().isEmpty() && graph.stored().containsKey(node.outputs().get(0))) {
      return; // a Constant
    }
    try {
      List<OnnxTensor> inputs = new ArrayList<>();
      for (String input : node.inputs()) {
        inputs.add(input.isEmpty() ? null : known(input));
      }
      keep(node, operators.apply(node, inputs));
    } catch (RefusedException e) {
      node.outputs().forEach(output -> unknown.put(output, e));
    }
  }

  private void keep(OnnxNode node, List<OnnxTensor> outputs) {
    for (int k = 0; k < Math.min(outputs.size(), node.outputs().size()); k++) {
      OnnxTensor output = outputs.get(k);
      tensors.put(
          node.outputs().get(k),
          output.count() <= KEPT ? output : OnnxTensor.shapeOnly(output.shape()));
    }
  }

  private OnnxTensor known(String tensor) {
    OnnxTensor found = tensors.get(tensor);
    if (found == null) {
      throw unknown.getOrDefault(
          tensor,
          RefusedException.graph(
              "tensor " + RefusedException.quoted(tensor) + " is not of a kind known here"));
    }
    return found;
  }

  /** The shape of a tensor for this image size. */
  int[] shape(String tensor) {
    return known(tensor).shape();
  }

  /** Whether a tensor is the same for every image of this size. */
  boolean isConstant(String tensor) {
    return !imageDependent.contains(tensor);
  }

  /** The numbers of a constant tensor. */
  OnnxTensor value(String tensor) {
    return value(tensor, 0, new HashMap<>());
  }

  private OnnxTensor value(String tensor, int chain, Map<String, OnnxTensor> done) {
    OnnxTensor known = done.containsKey(tensor) ? done.get(tensor) : known(tensor);
    if (known.hasData()) {
      return known;
    }
    if (!isConstant(tensor)) {
      throw RefusedException.graph(
          "tensor " + RefusedException.quoted(tensor) + " depends on the image");
    }
    if (chain > MAX_CHAIN) {
      throw RefusedException.graph(
          "constant " + RefusedException.quoted(tensor) + " is the result of too many nodes");
    }
    Onnx.TensorProto stored = graph.stored().get(tensor);
    OnnxNode node = graph.producer(tensor);
    if (stored != null) {
      done.put(tensor, reader.read(stored));
    } else if (node != null) {
      List<OnnxTensor> inputs = new ArrayList<>();
      for (String input : node.inputs()) {
        inputs.add(input.isEmpty() ? null : value(input, chain + 1, done));
      }
      List<OnnxTensor> outputs = operators.apply(node, inputs);
      for (int k = 0; k < Math.min(outputs.size(), node.outputs().size()); k++) {
        done.put(node.outputs().get(k), outputs.get(k));
      }
    }
    OnnxTensor result = done.get(tensor);
    if (result == null || !result.hasData()) {
      throw RefusedException.graph(
          "constant " + RefusedException.quoted(tensor) + " is not computed here");
    }
    return result;
  }

  /** Outputs of a node for other inputs than the traced ones. */
  List<OnnxTensor> apply(OnnxNode node, List<OnnxTensor> inputs) {
    return operators.apply(node, inputs);
  }

  /** The traced tensor: its shape, and its numbers if it is part of the shape arithmetic. */
  OnnxTensor traced(String tensor) {
    return known(tensor);
  }

  /** The single number of a constant, or NaN when it is none or has more. */
  double scalar(String tensor) {
    if (!isConstant(tensor) || known(tensor).count() != 1) {
      return Double.NaN;
    }
    OnnxTensor value = value(tensor);
    return value.isFloat() ? value.floats()[0] : value.integers()[0];
  }

  /** The numbers of a constant that becomes a weight: finite floats, row-major. */
  float[] weight(String tensor) {
    OnnxTensor value = value(tensor);
    if (value.count() > Integer.MAX_VALUE - 8L || !value.isFloat()) {
      throw RefusedException.graph("constant " + RefusedException.quoted(tensor) + " is no weight");
    }
    float[] floats = value.floats();
    for (float number : floats) {
      if (!Float.isFinite(number)) {
        throw RefusedException.broken(
            "tensor " + RefusedException.quoted(tensor) + " holds NaN or infinity");
      }
    }
    return floats;
  }
}
