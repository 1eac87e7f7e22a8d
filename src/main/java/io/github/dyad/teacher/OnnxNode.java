package io.github.dyad.teacher;

import java.util.List;
import onnx.Onnx;

/**
 * A node of the graph whose inputs and attributes are asked for without fear: what is not there is
 * refused.
 */
final class OnnxNode {
  private final Onnx.NodeProto proto;

  OnnxNode(Onnx.NodeProto proto) {
    this.proto = proto;
  }

  String operator() {
    return proto.getOpType();
  }

  boolean is(String... operators) {
    for (String operator : operators) {
      if (operator.equals(proto.getOpType())) {
        return true;
      }
    }
    return false;
  }

  String domain() {
    return proto.getDomain();
  }

  /** Operator and name, for messages. */
  String label() {
    String operator = RefusedException.quoted(proto.getOpType());
    String bare = operator.substring(1, operator.length() - 1);
    return proto.getName().isEmpty() ? bare : bare + " " + RefusedException.quoted(proto.getName());
  }

  List<String> inputs() {
    return proto.getInputList();
  }

  List<String> outputs() {
    return proto.getOutputList();
  }

  boolean hasInput(int position) {
    return position < proto.getInputCount() && !proto.getInput(position).isEmpty();
  }

  String input(int position) {
    if (!hasInput(position)) {
      throw RefusedException.broken(label() + " has no input " + position);
    }
    return proto.getInput(position);
  }

  String output() {
    if (proto.getOutputCount() == 0) {
      throw RefusedException.broken(label() + " has no output");
    }
    return proto.getOutput(0);
  }

  long integer(String attribute, long otherwise) {
    Onnx.AttributeProto found = find(attribute);
    return found == null ? otherwise : found.getI();
  }

  float real(String attribute, float otherwise) {
    Onnx.AttributeProto found = find(attribute);
    return found == null ? otherwise : found.getF();
  }

  String text(String attribute, String otherwise) {
    Onnx.AttributeProto found = find(attribute);
    return found == null ? otherwise : found.getS().toStringUtf8();
  }

  /** A list of integers, or null without it. */
  long[] integers(String attribute) {
    Onnx.AttributeProto found = find(attribute);
    return found == null ? null : found.getIntsList().stream().mapToLong(Long::longValue).toArray();
  }

  /** A list of reals, or null without it. */
  float[] reals(String attribute) {
    Onnx.AttributeProto found = find(attribute);
    if (found == null) {
      return null;
    }
    float[] values = new float[found.getFloatsCount()];
    for (int k = 0; k < values.length; k++) {
      values[k] = found.getFloats(k);
    }
    return values;
  }

  /** A tensor, or null without it. */
  Onnx.TensorProto tensor(String attribute) {
    Onnx.AttributeProto found = find(attribute);
    return found == null || !found.hasT() ? null : found.getT();
  }

  private Onnx.AttributeProto find(String attribute) {
    Onnx.AttributeProto found = null;
    for (Onnx.AttributeProto each : proto.getAttributeList()) {
      if (each.getName().equals(attribute)) {
        if (found != null) {
          throw RefusedException.broken(label() + " has the attribute " + attribute + " twice");
        }
        found = each;
      }
    }
    return found;
  }
}
