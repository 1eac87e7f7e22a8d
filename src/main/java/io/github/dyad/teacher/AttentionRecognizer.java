package io.github.dyad.teacher;

import io.github.dyad.teacher.Patterns.Linear;
import io.github.dyad.teacher.Patterns.Scaled;
import io.github.dyad.teacher.Patterns.Views;
import java.util.ArrayList;
import java.util.List;

/**
 * Recognises {@code softmax(q·kᵀ/√d)·v}. However the file splits its linear layers into q, k, v and
 * heads, the layouts tell which row of which weight makes element j of head h; weights are returned
 * in PyTorch's order, row h·d + j.
 */
final class AttentionRecognizer {
  private static final double SCALE_TOLERANCE = 1e-3; // 1/√d in half precision is 5e-4 off at most

  /**
   * One attention.
   *
   * @param input the normalised tokens that q, k and v are made of
   * @param qkvWeight (3D, D)
   * @param qkvBias (3D)
   * @param columns where element h·d + j of the result lies in the tensor given to the projection
   */
  record Attention(String input, int heads, float[] qkvWeight, float[] qkvBias, int[] columns) {}

  /** q, k or v: the layer it comes from and which of its outputs is element h·d + j. */
  private record Operand(Linear linear, int heads, int[] rows, double scale) {}

  private final OnnxGraph graph;
  private final GraphTrace trace;
  private final Patterns patterns;

  AttentionRecognizer(OnnxGraph graph, GraphTrace trace, Patterns patterns) {
    this.graph = graph;
    this.trace = trace;
    this.patterns = patterns;
  }

  /**
   * The attention whose heads, joined, are the given tensor.
   *
   * @param joined input of the output projection, (…, N, D)
   */
  Attention recognise(String joined) {
    Views views = patterns.views(joined);
    OnnxNode context = graph.producer(views.source());
    if (context == null || !context.is("MatMul")) {
      throw RefusedException.graph(
          "the projection " + RefusedException.quoted(joined) + " does not follow an attention");
    }
    OnnxNode softmax = softmax(context.input(0));
    String at = softmax.input(0);
    double scale = 1;
    OnnxNode scores = patterns.maker(at, "MatMul");
    while (scores == null) {
      Scaled scaled = patterns.scaled(patterns.peel(at));
      if (scaled == null) {
        throw RefusedException.graph(
            "between the scores and " + softmax.label() + " stands more than a scale");
      }
      at = scaled.tensor();
      scale *= scaled.scale();
      scores = patterns.maker(at, "MatMul");
    }
    Operand query = operand(scores.input(0), false);
    Operand key = operand(scores.input(1), true);
    Operand value = operand(context.input(1), false);
    checkScale(scale * query.scale() * key.scale(), query);
    if (value.scale() != 1) {
      throw RefusedException.graph("the values of " + softmax.label() + " are scaled");
    }
    int width = query.linear().inputs();
    int heads = query.heads();
    for (Operand each : List.of(query, key, value)) {
      if (each.heads() != heads
          || each.rows().length != width
          || each.linear().inputs() != width
          || !patterns.same(each.linear().input(), query.linear().input())) {
        throw RefusedException.graph(
            "q, k and v of " + softmax.label() + " differ in their input, width or heads");
      }
    }
    int[] columns = columns(views, joined, heads, width);
    return new Attention(
        query.linear().input(),
        heads,
        weights(width, query, key, value),
        biases(width, query, key, value),
        columns);
  }

  private OnnxNode softmax(String probabilities) {
    OnnxNode softmax = patterns.maker(probabilities, "Softmax");
    if (softmax == null) {
      throw RefusedException.graph(
          "tensor " + RefusedException.quoted(probabilities) + " is no softmax of scores");
    }
    int rank = trace.shape(softmax.input(0)).length;
    long axis = softmax.integer("axis", graph.opset() < 13 ? 1 : -1);
    if (axis != -1 && axis != rank - 1) {
      throw RefusedException.graph(softmax.label() + " is not over the last axis");
    }
    return softmax;
  }

  private static void checkScale(double scale, Operand query) {
    double headWidth = (double) query.rows().length / query.heads();
    if (!(Math.abs(scale * Math.sqrt(headWidth) - 1) < SCALE_TOLERANCE)) {
      throw RefusedException.graph(
          "attention is scaled by " + (float) scale + ", not by 1/√" + (int) headWidth);
    }
  }

  /**
   * Traces q, k or v back to its linear layer.
   *
   * @param transposed whether the tensor is kᵀ, (…, d, N)
   */
  private Operand operand(String tensor, boolean transposed) {
    List<OnnxNode> nodes = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    double scale = 1;
    String at = tensor;
    Linear linear = patterns.linear(at);
    while (linear == null) {
      OnnxNode node = graph.producer(at);
      Scaled scaled = patterns.scaled(at);
      if (scaled != null) {
        at = scaled.tensor();
        scale *= scaled.scale();
      } else if (node != null && ViewOperators.isView(node) && Patterns.isFloatCast(node)) {
        nodes.add(0, node);
        outputs.add(0, at);
        at = node.input(0);
      } else {
        throw RefusedException.graph(
            "an operand of attention goes through "
                + (node == null ? "no linear layer" : node.label())
                + ", which DINOv2 does not have");
      }
      linear = patterns.linear(at);
    }
    int[] source = trace.shape(at);
    Layout layout = Layout.contiguous(source);
    for (int k = 0; k < nodes.size(); k++) {
      layout = patterns.forward(nodes.get(k), outputs.get(k), layout);
    }
    return located(linear, layout, source, transposed, scale);
  }

  private static Operand located(
      Linear linear, Layout layout, int[] source, boolean transposed, double scale) {
    if (layout.rank() < 2 || source.length < 2) {
      throw RefusedException.graph("an operand of attention has fewer than two axes");
    }
    int tokenAxis = layout.rank() - (transposed ? 1 : 2);
    int elementAxis = layout.rank() - (transposed ? 2 : 1);
    int[] rows =
        headElements(layout, tokenAxis, elementAxis, linear.outputs(), source[source.length - 2]);
    int headWidth = layout.shape()[elementAxis];
    return new Operand(linear, rows.length / headWidth, rows, scale);
  }

  /**
   * For a tensor of heads laid over rows of {@code stride} numbers: which number of a row is
   * element j of head h, at h·d + j.
   */
  private static int[] headElements(
      Layout layout, int tokenAxis, int elementAxis, int stride, int tokens) {
    int headWidth = layout.shape()[elementAxis];
    int heads = 1;
    long headStride = 0;
    for (int axis = 0; axis < layout.rank() - 2; axis++) {
      boolean batch = layout.strides()[axis] == (long) stride * tokens;
      if (layout.shape()[axis] != 1 && !batch) {
        if (heads != 1) {
          throw RefusedException.graph("attention has more than one axis of heads");
        }
        heads = layout.shape()[axis];
        headStride = layout.strides()[axis];
      }
    }
    if (layout.shape()[tokenAxis] != tokens
        || tokens != 1 && layout.strides()[tokenAxis] != stride) {
      throw RefusedException.graph("attention does not run over tokens");
    }
    if ((long) heads * headWidth > stride || headWidth == 0 || heads == 0) {
      throw RefusedException.graph(
          heads + " heads of " + headWidth + " do not fit a width of " + stride);
    }
    int[] elements = new int[heads * headWidth];
    for (int h = 0; h < heads; h++) {
      for (int j = 0; j < headWidth; j++) {
        long at = layout.offset() + h * headStride + j * layout.strides()[elementAxis];
        if (at < 0 || at >= stride) {
          throw RefusedException.graph("attention heads reach over several tokens");
        }
        elements[h * headWidth + j] = (int) at;
      }
    }
    return elements;
  }

  private int[] columns(Views views, String joined, int heads, int width) {
    Layout layout = patterns.backward(views, joined);
    int[] shape = trace.shape(joined);
    if (layout.rank() < 2 || shape.length < 2 || shape[shape.length - 1] != width) {
      throw RefusedException.graph("the heads are not joined to the width of " + width);
    }
    int[] columns =
        headElements(layout, layout.rank() - 2, layout.rank() - 1, width, shape[shape.length - 2]);
    if (columns.length != width || columns.length / layout.shape()[layout.rank() - 1] != heads) {
      throw RefusedException.graph("the heads are not joined to the width of " + width);
    }
    return columns;
  }

  private float[] weights(int width, Operand... operands) {
    float[] joined = new float[Math.multiplyExact(3 * width, width)];
    int to = 0;
    Linear last = null;
    float[] weight = null;
    for (Operand operand : operands) {
      if (!operand.linear().equals(last)) { // a fused qkv is read once
        last = operand.linear();
        weight = patterns.weight(last);
      }
      for (int row : operand.rows()) {
        System.arraycopy(weight, row * width, joined, to, width);
        to += width;
      }
    }
    return joined;
  }

  private float[] biases(int width, Operand... operands) {
    float[] joined = new float[3 * width];
    int to = 0;
    for (Operand operand : operands) {
      float[] bias = patterns.bias(operand.linear());
      for (int row : operand.rows()) {
        joined[to++] = bias[row];
      }
    }
    return joined;
  }
}
