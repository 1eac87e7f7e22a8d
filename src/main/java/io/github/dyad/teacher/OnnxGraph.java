package io.github.dyad.teacher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx;

/** The graph: nodes in order, who makes each tensor, and which tensors are stored. */
final class OnnxGraph {
  private static final int MAX_NODES = 100_000;

  private final Onnx.GraphProto proto;
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final Map<String, OnnxNode> producers = new HashMap<>();
  private final Map<String, Onnx.TensorProto> stored = new LinkedHashMap<>();
  private final long opset;

  OnnxGraph(Onnx.GraphProto proto, long opset) {
    this.proto = proto;
    this.opset = opset;
    if (proto.getNodeCount() > MAX_NODES) {
      throw RefusedException.graph(proto.getNodeCount() + " nodes are too many");
    }
    for (Onnx.TensorProto tensor : proto.getInitializerList()) {
      if (stored.put(tensor.getName(), tensor) != null) {
        throw RefusedException.broken(
            "tensor " + RefusedException.quoted(tensor.getName()) + " is stored twice");
      }
    }
    proto.getNodeList().forEach(node -> nodes.add(new OnnxNode(node)));
    checkOperators();
    checkOrder();
    for (OnnxNode node : nodes) {
      if (node.is("Constant") && node.tensor("value") != null) {
        stored.put(node.output(), node.tensor("value"));
      }
    }
  }

  /** Refuses by the operators alone what is plainly something else. */
  private void checkOperators() {
    int convolutions = 0;
    boolean attention = false;
    for (OnnxNode node : nodes) {
      String operator = node.operator();
      if (operator.contains("Quantize")
          || operator.startsWith("QLinear")
          || operator.endsWith("Integer")
          || operator.startsWith("MatMulNBits")) {
        throw new RefusedException(
            "a quantised model (operator " + node.label() + ")",
            "give the float32 or float16 file");
      }
      if (!node.domain().isEmpty() && !node.domain().equals("ai.onnx")) {
        throw RefusedException.graph(
            "operator "
                + node.label()
                + " is not of the ONNX standard but of "
                + RefusedException.quoted(node.domain()));
      }
      if (node.is("If", "Loop", "Scan")) {
        throw RefusedException.graph("the graph branches (operator " + node.label() + ")");
      }
      convolutions += node.is("Conv") ? 1 : 0;
      attention |= node.is("Softmax");
    }
    if (convolutions != 1) {
      throw RefusedException.graph(
          convolutions + " convolutions where a vision transformer has one, the patch embedding");
    }
    if (!attention) {
      throw RefusedException.graph("there is no attention (no Softmax)");
    }
  }

  /** ONNX wants nodes after what they read; this also excludes cycles. */
  private void checkOrder() {
    Set<String> known = new HashSet<>(stored.keySet());
    proto.getInputList().forEach(input -> known.add(input.getName()));
    Set<String> later = new HashSet<>();
    nodes.forEach(node -> later.addAll(node.outputs()));
    for (OnnxNode node : nodes) {
      for (String input : node.inputs()) {
        if (!input.isEmpty() && !known.contains(input)) {
          String what = "tensor " + RefusedException.quoted(input) + ", read by " + node.label();
          throw RefusedException.broken(
              later.contains(input)
                  ? what + ", is made only later: the graph runs in a circle"
                  : what + ", is missing from the file");
        }
      }
      for (String output : node.outputs()) {
        if (!output.isEmpty()
            && (producers.put(output, node) != null || stored.containsKey(output))) {
          throw RefusedException.broken(
              "tensor " + RefusedException.quoted(output) + " is made twice");
        }
        known.add(output);
      }
    }
  }

  List<OnnxNode> nodes() {
    return nodes;
  }

  /** The node that makes a tensor, or null for a stored tensor and an input. */
  OnnxNode producer(String tensor) {
    return producers.get(tensor);
  }

  /** Tensors whose numbers are in the file: initializers and constants. */
  Map<String, Onnx.TensorProto> stored() {
    return stored;
  }

  /** Version of the ONNX operator set. */
  long opset() {
    return opset;
  }

  /** Names of the graph's inputs that are not stored tensors: what a caller must give. */
  Map<String, Onnx.ValueInfoProto> inputs() {
    Map<String, Onnx.ValueInfoProto> inputs = new LinkedHashMap<>();
    for (Onnx.ValueInfoProto input : proto.getInputList()) {
      if (!stored.containsKey(input.getName())) {
        inputs.put(input.getName(), input);
      }
    }
    return inputs;
  }

  /** Every tensor made, over any number of nodes, from the numbers that an operator gives. */
  Set<String> downstream(String operator) {
    Set<String> found = new HashSet<>();
    for (OnnxNode node : nodes) {
      if (node.is(operator)) {
        found.addAll(node.outputs());
      }
    }
    return downstream(found);
  }

  /** Every tensor made from the numbers of a graph input: what is not the same for every image. */
  Set<String> imageDependent() {
    return downstream(new HashSet<>(inputs().keySet()));
  }

  /** Adds what is made from the found; shapes are no numbers of a tensor. */
  private Set<String> downstream(Set<String> found) {
    for (OnnxNode node : nodes) {
      if (!node.is("Shape", "Size") && node.inputs().stream().anyMatch(found::contains)) {
        found.addAll(node.outputs());
      }
    }
    found.remove("");
    return found;
  }
}
