package io.github.dyad.teacher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Predicate;
import onnx.Onnx;
import org.nd4j.shade.protobuf.ByteString;

/** Makes bad ONNX files from good ones. */
final class Edits {
  private Edits() {}

  static byte[] bytes(String golden) {
    try {
      return Files.readAllBytes(Goldens.FOLDER.resolve(golden + ".onnx"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The golden model with an edited graph. */
  static byte[] graph(String golden, Consumer<Onnx.GraphProto.Builder> edit) {
    try {
      Onnx.ModelProto.Builder model = Onnx.ModelProto.parseFrom(bytes(golden)).toBuilder();
      edit.accept(model.getGraphBuilder());
      return model.build().toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first node with this in its name. */
  static Onnx.NodeProto.Builder node(Onnx.GraphProto.Builder graph, String name) {
    return nodeWhere(graph, node -> node.getName().contains(name));
  }

  static Onnx.NodeProto.Builder nodeWhere(
      Onnx.GraphProto.Builder graph, Predicate<Onnx.NodeProto> which) {
    for (Onnx.NodeProto.Builder node : graph.getNodeBuilderList()) {
      if (which.test(node.build())) {
        return node;
      }
    }
    throw new IllegalArgumentException("no such node");
  }

  /** Where the first node with this in its name stands. */
  static int position(Onnx.GraphProto.Builder graph, String name) {
    for (int k = 0; k < graph.getNodeCount(); k++) {
      if (graph.getNode(k).getName().contains(name)) {
        return k;
      }
    }
    throw new IllegalArgumentException("no node " + name);
  }

  /** The first stored tensor with this in its name. */
  static Onnx.TensorProto.Builder tensor(Onnx.GraphProto.Builder graph, String name) {
    for (Onnx.TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
      if (tensor.getName().contains(name)) {
        return tensor;
      }
    }
    throw new IllegalArgumentException("no tensor " + name);
  }

  static void remove(Onnx.GraphProto.Builder graph, String tensor) {
    for (int k = 0; k < graph.getInitializerCount(); k++) {
      if (graph.getInitializer(k).getName().contains(tensor)) {
        graph.removeInitializer(k);
        return;
      }
    }
    throw new IllegalArgumentException("no tensor " + tensor);
  }

  static Onnx.AttributeProto attribute(String name, long value) {
    return Onnx.AttributeProto.newBuilder()
        .setName(name)
        .setI(value)
        .setType(Onnx.AttributeProto.AttributeType.INT)
        .build();
  }

  /** Gives a node an attribute in place of the one it has. */
  static void set(Onnx.NodeProto.Builder node, Onnx.AttributeProto attribute) {
    for (int k = node.getAttributeCount() - 1; k >= 0; k--) {
      if (node.getAttribute(k).getName().equals(attribute.getName())) {
        node.removeAttribute(k);
      }
    }
    node.addAttribute(attribute);
  }

  /** A list of integers. */
  static Onnx.AttributeProto attribute(String name, long... values) {
    Onnx.AttributeProto.Builder attribute = Onnx.AttributeProto.newBuilder().setName(name);
    attribute.setType(Onnx.AttributeProto.AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  /** A text. */
  static Onnx.AttributeProto attribute(String name, String value) {
    return Onnx.AttributeProto.newBuilder()
        .setName(name)
        .setS(ByteString.copyFromUtf8(value))
        .setType(Onnx.AttributeProto.AttributeType.STRING)
        .build();
  }

  /** A stored scalar. */
  static Onnx.TensorProto scalar(String name, float value) {
    return Onnx.TensorProto.newBuilder()
        .setName(name)
        .setDataType(Onnx.TensorProto.DataType.FLOAT_VALUE)
        .addFloatData(value)
        .build();
  }

  /** A stored list of 64-bit integers. */
  static Onnx.TensorProto integers(String name, long... values) {
    Onnx.TensorProto.Builder tensor =
        Onnx.TensorProto.newBuilder()
            .setName(name)
            .setDataType(Onnx.TensorProto.DataType.INT64_VALUE)
            .addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    return tensor.build();
  }

  /** Overwrites a number of a raw tensor. */
  static void setFloat(Onnx.TensorProto.Builder tensor, int position, float value) {
    byte[] raw = tensor.getRawData().toByteArray();
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).putFloat(position * Float.BYTES, value);
    tensor.setRawData(ByteString.copyFrom(raw));
  }

  /** Sets an entry of every tensor's external data. */
  static void external(Onnx.GraphProto.Builder graph, String key, String value) {
    for (Onnx.TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
      for (Onnx.StringStringEntryProto.Builder entry : tensor.getExternalDataBuilderList()) {
        if (entry.getKey().equals(key)) {
          entry.setValue(value);
        }
      }
    }
  }

  static Path write(Path folder, String name, byte[] bytes) {
    try {
      return Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
