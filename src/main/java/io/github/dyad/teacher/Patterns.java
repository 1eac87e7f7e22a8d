package io.github.dyad.teacher;

import java.util.ArrayList;
import java.util.List;
import onnx.Onnx;

/**
 * Small patterns of nodes, matched backwards from the tensor they make. Each tensor has one maker,
 * so a match is unique and no node on the way is overlooked.
 */
final class Patterns {
  /**
   * {@code y = x·Wᵀ + b}.
   *
   * @param input x
   * @param inputs columns of W
   * @param outputs rows of W
   * @param weight W as stored
   * @param transposed whether it is stored (in, out)
   * @param bias b, or null
   */
  record Linear(
      String input, int inputs, int outputs, String weight, boolean transposed, String bias) {}

  /**
   * {@code y = (x − mean) / √(var + ε)·γ + β} over the last axis.
   *
   * @param bias β, or null
   */
  record Norm(String input, String weight, String bias, double epsilon) {}

  /** A constant operand of a two-operand node, and the other operand. */
  private record Operands(String constant, String other) {}

  /**
   * A tensor traced back over scalings by single numbers.
   *
   * @param scale their product
   */
  record Scaled(String tensor, double scale) {}

  private final OnnxGraph graph;
  private final GraphTrace trace;

  Patterns(OnnxGraph graph, GraphTrace trace) {
    this.graph = graph;
    this.trace = trace;
  }

  /**
   * The tensor behind nodes that change neither the rows nor their order: casts between float types
   * and reshapes that keep the last axis.
   */
  String peel(String tensor) {
    OnnxNode node = graph.producer(tensor);
    while (node != null && isPeel(node, tensor)) {
      tensor = node.input(0);
      node = graph.producer(tensor);
    }
    return tensor;
  }

  private boolean isPeel(OnnxNode node, String tensor) {
    if (!ViewOperators.keepsOrder(node) || !tensor.equals(node.output())) {
      return false;
    }
    if (node.is("Identity", "Dropout", "Cast")) {
      return isFloatCast(node);
    }
    int[] before = trace.shape(node.input(0));
    int[] after = trace.shape(tensor);
    return before.length > 0
        && after.length > 0
        && before[before.length - 1] == after[after.length - 1];
  }

  /** True also for what is no cast. */
  static boolean isFloatCast(OnnxNode node) {
    return switch (node.is("Cast") ? (int) node.integer("to", 0) : -1) {
      case -1,
          Onnx.TensorProto.DataType.FLOAT_VALUE,
          Onnx.TensorProto.DataType.FLOAT16_VALUE,
          Onnx.TensorProto.DataType.BFLOAT16_VALUE,
          Onnx.TensorProto.DataType.DOUBLE_VALUE ->
          true;
      default -> false;
    };
  }

  boolean same(String a, String b) {
    return peel(a).equals(peel(b));
  }

  /** The node that makes the peeled tensor, if it is of this operator; else null. */
  OnnxNode maker(String tensor, String operator) {
    OnnxNode node = graph.producer(peel(tensor));
    return node != null && node.is(operator) ? node : null;
  }

  private Operands operands(OnnxNode node) {
    boolean first = trace.isConstant(node.input(0));
    boolean second = trace.isConstant(node.input(1));
    if (first == second) {
      return null;
    }
    return first
        ? new Operands(node.input(0), node.input(1))
        : new Operands(node.input(1), node.input(0));
  }

  /** Whether a constant is a vector of so many numbers along the last axis. */
  private boolean isVector(String constant, int size) {
    int[] shape = trace.shape(constant);
    return Layout.count(shape) == size && shape.length > 0 && shape[shape.length - 1] == size;
  }

  private int lastAxis(String tensor) {
    int[] shape = trace.shape(tensor);
    return shape.length == 0 ? 1 : shape[shape.length - 1];
  }

  /** The linear layer that makes a tensor, or null. */
  Linear linear(String tensor) {
    OnnxNode add = maker(tensor, "Add");
    if (add == null) {
      return product(tensor);
    }
    Operands operands = operands(add);
    Linear product = operands == null ? null : product(operands.other());
    if (product == null
        || product.bias() != null
        || !isVector(operands.constant(), product.outputs())) {
      return null;
    }
    return new Linear(
        product.input(),
        product.inputs(),
        product.outputs(),
        product.weight(),
        product.transposed(),
        operands.constant());
  }

  private Linear product(String tensor) {
    OnnxNode node = graph.producer(peel(tensor));
    if (node == null
        || !node.is("MatMul", "Gemm")
        || trace.isConstant(node.input(0))
        || !trace.isConstant(node.input(1))) {
      return null;
    }
    int[] shape = trace.shape(node.input(1));
    int rank = shape.length;
    if (rank < 2 || Layout.count(shape) != (long) shape[rank - 2] * shape[rank - 1]) {
      return null;
    }
    boolean gemm = node.is("Gemm");
    if (gemm
        && (node.integer("transA", 0) != 0
            || node.real("alpha", 1) != 1
            || node.real("beta", 1) != 1)) {
      throw RefusedException.graph(node.label() + " scales or transposes its input");
    }
    boolean transposed = !gemm || node.integer("transB", 0) == 0;
    int outputs = shape[transposed ? rank - 1 : rank - 2];
    int inputs = shape[transposed ? rank - 2 : rank - 1];
    String bias = gemm && node.hasInput(2) ? node.input(2) : null;
    if (bias != null && (!trace.isConstant(bias) || !isVector(bias, outputs))) {
      throw RefusedException.graph(node.label() + " has a bias that is no constant vector");
    }
    return new Linear(node.input(0), inputs, outputs, node.input(1), transposed, bias);
  }

  /** W of a linear layer, (out, in). */
  float[] weight(Linear linear) {
    float[] stored = trace.weight(linear.weight());
    if (!linear.transposed()) {
      return stored;
    }
    Layout layout = Layout.contiguous(linear.inputs(), linear.outputs()).transpose(1, 0);
    return OnnxTensor.of(stored, linear.inputs(), linear.outputs()).with(layout).floats();
  }

  /** b of a linear layer; zeros when it has none. */
  float[] bias(Linear linear) {
    return linear.bias() == null ? new float[linear.outputs()] : trace.weight(linear.bias());
  }

  /** A per-channel scale by a constant vector, {@code γ ⊙ x}: γ and x; null when there is none. */
  String[] channelScale(String tensor) {
    OnnxNode multiply = maker(tensor, "Mul");
    Operands operands = multiply == null ? null : operands(multiply);
    if (operands == null || !isVector(operands.constant(), lastAxis(operands.other()))) {
      return null;
    }
    return new String[] {operands.constant(), operands.other()};
  }

  /**
   * One step back over a multiplication with, or division by, a single number; null if it is none.
   */
  Scaled scaled(String tensor) {
    OnnxNode node = graph.producer(tensor);
    if (node == null || !node.is("Mul", "Div")) {
      return null;
    }
    double second = trace.scalar(node.input(1));
    if (!Double.isNaN(second)) {
      return new Scaled(node.input(0), node.is("Mul") ? second : 1 / second);
    }
    double first = trace.scalar(node.input(0));
    return Double.isNaN(first) || node.is("Div") ? null : new Scaled(node.input(1), first);
  }

  /** The layer norm that makes a tensor, as one operator or as the nine it is decomposed to. */
  Norm norm(String tensor) {
    OnnxNode fused = maker(tensor, "LayerNormalization");
    if (fused != null) {
      int rank = trace.shape(fused.input(0)).length;
      long axis = fused.integer("axis", -1);
      if (axis != -1 && axis != rank - 1) {
        throw RefusedException.graph(fused.label() + " is not over the last axis");
      }
      String bias = fused.hasInput(2) ? fused.input(2) : null;
      return checked(new Norm(fused.input(0), fused.input(1), bias, fused.real("epsilon", 1e-5f)));
    }
    OnnxNode shift = maker(tensor, "Add");
    Operands beta = shift == null ? null : operands(shift);
    String[] scale = beta == null ? null : channelScale(beta.other());
    OnnxNode divide = scale == null ? null : maker(scale[1], "Div");
    OnnxNode root = divide == null ? null : maker(divide.input(1), "Sqrt");
    OnnxNode guarded = root == null ? null : maker(root.input(0), "Add");
    Operands epsilon = guarded == null ? null : operands(guarded);
    String squares = epsilon == null ? null : meanOverLastAxis(epsilon.other());
    String centred = squares == null ? null : squareRoot(squares);
    String input = centred == null ? null : centredInput(centred);
    if (input == null || !input.equals(centredInput(divide.input(0)))) {
      return null;
    }
    return checked(new Norm(input, scale[0], beta.constant(), trace.scalar(epsilon.constant())));
  }

  private Norm checked(Norm norm) {
    int width = lastAxis(norm.input());
    boolean affine =
        trace.isConstant(norm.weight())
            && isVector(norm.weight(), width)
            && (norm.bias() == null
                || trace.isConstant(norm.bias()) && isVector(norm.bias(), width));
    if (!affine || !(norm.epsilon() > 0)) {
      throw RefusedException.graph("a layer norm has no constant scale, shift and epsilon");
    }
    return norm;
  }

  /** x when the tensor is x's mean over the last axis; else null. */
  private String meanOverLastAxis(String tensor) {
    OnnxNode mean = maker(tensor, "ReduceMean");
    if (mean == null || mean.integer("keepdims", 1) == 0) {
      return null;
    }
    int rank = trace.shape(mean.input(0)).length;
    long[] axes = mean.hasInput(1) ? trace.value(mean.input(1)).integers() : mean.integers("axes");
    boolean last = axes != null && axes.length == 1 && (axes[0] == -1 || axes[0] == rank - 1);
    return last ? mean.input(0) : null;
  }

  /** x when the tensor is x²; else null. */
  private String squareRoot(String tensor) {
    OnnxNode power = maker(tensor, "Pow");
    if (power != null) {
      return trace.scalar(power.input(1)) == 2 ? power.input(0) : null;
    }
    OnnxNode product = maker(tensor, "Mul");
    return product != null && same(product.input(0), product.input(1)) ? product.input(0) : null;
  }

  /** x, peeled, when the tensor is x minus its mean; else null. */
  private String centredInput(String tensor) {
    OnnxNode subtract = maker(tensor, "Sub");
    String averaged = subtract == null ? null : meanOverLastAxis(subtract.input(1));
    return averaged != null && same(averaged, subtract.input(0)) ? peel(averaged) : null;
  }

  /**
   * The view nodes between a tensor and where they start, nearest to the source first, with the
   * outputs that are followed.
   *
   * @param source the first tensor that no view operator makes
   */
  record Views(String source, List<OnnxNode> nodes, List<String> outputs) {}

  Views views(String tensor) {
    List<OnnxNode> nodes = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    OnnxNode node = graph.producer(tensor);
    while (node != null && ViewOperators.isView(node) && isFloatCast(node)) {
      nodes.add(0, node);
      outputs.add(0, tensor);
      tensor = node.input(0);
      node = graph.producer(tensor);
    }
    return new Views(tensor, nodes, outputs);
  }

  /** Where the elements of the source of one view node arrive. */
  Layout forward(OnnxNode node, String output, Layout layout) {
    int position = node.outputs().indexOf(output);
    Layout view = ViewOperators.apply(node, layout, position, k -> trace.traced(node.input(k)));
    if (view == null) {
      throw RefusedException.graph(node.label() + " rearranges attention heads in an unknown way");
    }
    return view;
  }

  /**
   * Where the elements of the source lie within the tensor that the views make of it.
   *
   * @throws RefusedException unless every element arrives exactly once
   */
  Layout backward(Views views, String result) {
    Layout layout = Layout.contiguous(trace.shape(result));
    for (int k = views.nodes().size() - 1; k >= 0; k--) {
      OnnxNode node = views.nodes().get(k);
      int[] before = trace.shape(node.input(0));
      if (node.is("Transpose")) {
        int[] permutation = ViewOperators.permutation(node, before.length);
        int[] inverse = new int[permutation.length];
        for (int axis = 0; axis < permutation.length; axis++) {
          inverse[layout.axis(permutation[axis])] = axis;
        }
        layout = layout.transpose(inverse);
      } else if (ViewOperators.keepsOrder(node)) {
        layout = layout.reshape(before);
      } else {
        layout = null;
      }
      if (layout == null) {
        throw RefusedException.graph(node.label() + " rearranges tokens in an unknown way");
      }
    }
    return layout;
  }
}
