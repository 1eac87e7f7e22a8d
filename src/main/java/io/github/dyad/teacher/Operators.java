package io.github.dyad.teacher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;
import onnx.Onnx;

/**
 * The operators an exported transformer consists of. Shapes are always worked out; numbers only
 * where the inputs have numbers and the operator belongs to shape arithmetic, constants or
 * activations: matrix products and convolutions are never computed here.
 *
 * <p>All numbers made by one instance together are bounded, so no file makes it allocate at will.
 */
final class Operators {
  private final Function<Onnx.TensorProto, OnnxTensor> constants;
  private long budget;

  /**
   * @param constants decodes the tensor attributes of nodes
   * @param budget how many numbers may be computed in all
   */
  Operators(Function<Onnx.TensorProto, OnnxTensor> constants, long budget) {
    this.constants = constants;
    this.budget = budget;
  }

  /**
   * Outputs of a node.
   *
   * @param inputs by position; null where the node leaves an input out
   * @throws RefusedException if the operator is not known here, or its inputs do not fit
   */
  List<OnnxTensor> apply(OnnxNode node, List<OnnxTensor> inputs) {
    if (ViewOperators.isView(node)) {
      List<OnnxTensor> outputs = new ArrayList<>();
      for (int k = 0; k < node.outputs().size(); k++) {
        boolean mask = k > 0 && !node.is("Split"); // Dropout's second output
        outputs.add(
            mask ? OnnxTensor.shapeOnly(input(node, inputs, 0).shape()) : view(node, inputs, k));
      }
      return outputs;
    }
    return List.of(compute(node, inputs));
  }

  private static OnnxTensor input(OnnxNode node, List<OnnxTensor> inputs, int position) {
    node.input(position); // refused when it is left out
    return inputs.get(position);
  }

  private OnnxTensor view(OnnxNode node, List<OnnxTensor> inputs, int output) {
    OnnxTensor tensor = input(node, inputs, 0);
    Layout view = ViewOperators.apply(node, tensor.layout(), output, k -> input(node, inputs, k));
    if (view == null && node.is("Gather")) {
      return gather(node, tensor, input(node, inputs, 1));
    }
    if (view == null) {
      charge(tensor.count());
      tensor = tensor.contiguous();
      view = ViewOperators.apply(node, tensor.layout(), output, k -> input(node, inputs, k));
    }
    OnnxTensor result = tensor.with(view);
    return node.is("Cast") ? cast(node, result) : result;
  }

  private OnnxTensor compute(OnnxNode node, List<OnnxTensor> inputs) {
    return switch (node.operator()) {
      case "Constant" -> constant(node);
      case "Shape" -> shapeOf(node, input(node, inputs, 0));
      case "Size" -> OnnxTensor.scalar(input(node, inputs, 0).count());
      case "Add" -> binary(node, inputs, Double::sum, Long::sum);
      case "Sub" -> binary(node, inputs, (a, b) -> a - b, (a, b) -> a - b);
      case "Mul" -> binary(node, inputs, (a, b) -> a * b, (a, b) -> a * b);
      case "Div" -> binary(node, inputs, (a, b) -> a / b, (a, b) -> divide(node, a, b));
      case "Pow" -> binary(node, inputs, Math::pow, (a, b) -> (long) Math.pow(a, b));
      case "Max" -> binary(node, inputs, Math::max, Math::max);
      case "Min" -> binary(node, inputs, Math::min, Math::min);
      case "Equal" -> compare(node, inputs, (a, b) -> a == b ? 1 : 0);
      case "Greater" -> compare(node, inputs, (a, b) -> a > b ? 1 : 0);
      case "Less" -> compare(node, inputs, (a, b) -> a < b ? 1 : 0);
      case "Where" -> where(node, inputs);
      case "Sqrt" -> unary(node, inputs, Math::sqrt);
      case "Reciprocal" -> unary(node, inputs, x -> 1 / x);
      case "Neg" -> unary(node, inputs, x -> -x);
      case "Abs" -> unary(node, inputs, Math::abs);
      case "Floor" -> unary(node, inputs, Math::floor);
      case "Ceil" -> unary(node, inputs, Math::ceil);
      case "Round" -> unary(node, inputs, Math::rint);
      case "Exp" -> unary(node, inputs, Math::exp);
      case "Tanh" -> unary(node, inputs, Math::tanh);
      case "Sigmoid" -> unary(node, inputs, ActivationFunctions::sigmoid);
      case "Erf" -> unary(node, inputs, ActivationFunctions::erf);
      case "Relu" -> unary(node, inputs, x -> Math.max(0, x));
      case "Gelu" -> unary(node, inputs, gelu(node));
      case "Softmax", "LayerNormalization" -> OnnxTensor.shapeOnly(input(node, inputs, 0).shape());
      case "ReduceMean", "ReduceSum", "ReduceMax", "ReduceProd", "ReduceL2" -> reduce(node, inputs);
      case "Concat" -> concat(node, inputs);
      case "Expand" -> expand(node, inputs);
      case "Tile" -> tile(node, inputs);
      case "ConstantOfShape" -> constantOfShape(node, inputs);
      case "Range" -> range(node, inputs);
      case "MatMul" -> matMul(node, inputs);
      case "Gemm" -> gemm(node, inputs);
      case "Conv" -> conv(node, inputs);
      case "Resize" -> resize(node, inputs);
      default -> throw RefusedException.graph("operator " + node.label() + " is not known here");
    };
  }

  private void charge(long numbers) {
    budget -= numbers;
    if (budget < 0) {
      throw RefusedException.broken("the graph computes more constants than any transformer needs");
    }
  }

  /** Single numbers and lists; a Constant's tensor counts as stored in the file. */
  private static OnnxTensor constant(OnnxNode node) {
    if (node.integers("value_ints") != null) {
      return OnnxTensor.vector(node.integers("value_ints"));
    }
    if (node.reals("value_floats") != null) {
      float[] values = node.reals("value_floats");
      return OnnxTensor.of(values, values.length);
    }
    float real = node.real("value_float", Float.NaN);
    return Float.isNaN(real)
        ? OnnxTensor.scalar(node.integer("value_int", 0))
        : OnnxTensor.of(new float[] {real});
  }

  private OnnxTensor shapeOf(OnnxNode node, OnnxTensor input) {
    int rank = input.rank();
    int from = clampAxis(node.integer("start", 0), rank);
    int to = clampAxis(node.integer("end", rank), rank);
    charge(rank);
    long[] sizes = new long[Math.max(0, to - from)];
    for (int k = 0; k < sizes.length; k++) {
      sizes[k] = input.shape()[from + k];
    }
    return OnnxTensor.vector(sizes);
  }

  private static int clampAxis(long axis, int rank) {
    return (int) Math.max(0, Math.min(rank, axis < 0 ? axis + rank : axis));
  }

  private OnnxTensor cast(OnnxNode node, OnnxTensor input) {
    if (!input.hasData()) {
      return input;
    }
    boolean toFloat =
        switch ((int) node.integer("to", 0)) {
          case Onnx.TensorProto.DataType.FLOAT_VALUE,
              Onnx.TensorProto.DataType.FLOAT16_VALUE,
              Onnx.TensorProto.DataType.BFLOAT16_VALUE,
              Onnx.TensorProto.DataType.DOUBLE_VALUE ->
              true;
          default -> false;
        };
    if (toFloat == input.isFloat()) {
      return input;
    }
    charge(input.count());
    return toFloat
        ? OnnxTensor.of(input.floats(), input.shape())
        : OnnxTensor.of(input.integers(), input.shape());
  }

  private OnnxTensor unary(OnnxNode node, List<OnnxTensor> inputs, DoubleUnaryOperator function) {
    OnnxTensor x = input(node, inputs, 0);
    if (!x.hasData()) {
      return OnnxTensor.shapeOnly(x.shape());
    }
    charge(x.count());
    if (x.isInteger()) {
      long[] values = x.integers().clone();
      for (int k = 0; k < values.length; k++) {
        values[k] = (long) function.applyAsDouble(values[k]);
      }
      return OnnxTensor.of(values, x.shape());
    }
    float[] values = x.floats().clone();
    for (int k = 0; k < values.length; k++) {
      values[k] = (float) function.applyAsDouble(values[k]);
    }
    return OnnxTensor.of(values, x.shape());
  }

  private static DoubleUnaryOperator gelu(OnnxNode node) {
    return node.text("approximate", "none").equals("tanh")
        ? ActivationFunctions::geluTanh
        : ActivationFunctions::gelu;
  }

  private OnnxTensor binary(
      OnnxNode node,
      List<OnnxTensor> inputs,
      DoubleBinaryOperator onFloats,
      LongBinaryOperator onIntegers) {
    OnnxTensor a = input(node, inputs, 0);
    OnnxTensor b = input(node, inputs, 1);
    int[] shape = Layout.common(a.shape(), b.shape());
    if (!a.hasData() || !b.hasData()) {
      return OnnxTensor.shapeOnly(shape);
    }
    charge(3 * Layout.count(shape));
    OnnxTensor left = a.with(a.layout().broadcast(shape));
    OnnxTensor right = b.with(b.layout().broadcast(shape));
    if (a.isInteger() && b.isInteger()) {
      long[] x = left.integers();
      long[] y = right.integers();
      long[] values = new long[x.length];
      for (int k = 0; k < values.length; k++) {
        values[k] = onIntegers.applyAsLong(x[k], y[k]);
      }
      return OnnxTensor.of(values, shape);
    }
    float[] x = left.floats();
    float[] y = right.floats();
    float[] values = new float[x.length];
    for (int k = 0; k < values.length; k++) {
      values[k] = (float) onFloats.applyAsDouble(x[k], y[k]);
    }
    return OnnxTensor.of(values, shape);
  }

  private static long divide(OnnxNode node, long a, long b) {
    if (b == 0) {
      throw RefusedException.broken(node.label() + " divides by zero");
    }
    return a / b;
  }

  private interface Comparison {
    long apply(double a, double b);
  }

  private OnnxTensor compare(OnnxNode node, List<OnnxTensor> inputs, Comparison comparison) {
    OnnxTensor result = binary(node, inputs, comparison::apply, (a, b) -> comparison.apply(a, b));
    return result.hasData() ? OnnxTensor.of(result.integers(), result.shape()) : result;
  }

  private OnnxTensor where(OnnxNode node, List<OnnxTensor> inputs) {
    OnnxTensor condition = input(node, inputs, 0);
    OnnxTensor yes = input(node, inputs, 1);
    OnnxTensor no = input(node, inputs, 2);
    int[] shape = Layout.common(Layout.common(condition.shape(), yes.shape()), no.shape());
    if (!condition.hasData() || !yes.isInteger() || !no.isInteger()) {
      return OnnxTensor.shapeOnly(shape);
    }
    charge(4 * Layout.count(shape));
    long[] choose = condition.with(condition.layout().broadcast(shape)).integers();
    long[] a = yes.with(yes.layout().broadcast(shape)).integers();
    long[] values = no.with(no.layout().broadcast(shape)).integers().clone();
    for (int k = 0; k < values.length; k++) {
      if (choose[k] != 0) {
        values[k] = a[k];
      }
    }
    return OnnxTensor.of(values, shape);
  }

  private OnnxTensor reduce(OnnxNode node, List<OnnxTensor> inputs) {
    OnnxTensor x = input(node, inputs, 0);
    int[] axes = null;
    if (node.hasInput(1)) {
      axes = inputs.get(1).sizes("the axes of " + node.label());
    } else if (node.integers("axes") != null) {
      axes = OnnxTensor.vector(node.integers("axes")).sizes("axes");
    }
    boolean[] reduced = new boolean[x.rank()];
    for (int k = 0; k < (axes == null ? x.rank() : axes.length); k++) {
      reduced[x.layout().axis(axes == null ? k : axes[k])] = true;
    }
    boolean keep = node.integer("keepdims", 1) != 0;
    List<Integer> shape = new ArrayList<>();
    for (int k = 0; k < x.rank(); k++) {
      if (!reduced[k] || keep) {
        shape.add(reduced[k] ? 1 : x.shape()[k]);
      }
    }
    return OnnxTensor.shapeOnly(shape.stream().mapToInt(Integer::intValue).toArray());
  }

  private OnnxTensor gather(OnnxNode node, OnnxTensor x, OnnxTensor where) {
    int axis = x.layout().axis(node.integer("axis", 0));
    List<OnnxTensor> parts = new ArrayList<>();
    int[] shape = new int[x.rank() - 1 + where.rank()];
    System.arraycopy(x.shape(), 0, shape, 0, axis);
    System.arraycopy(where.shape(), 0, shape, axis, where.rank());
    System.arraycopy(x.shape(), axis + 1, shape, axis + where.rank(), x.rank() - axis - 1);
    if (!x.hasData() || !where.hasData()) {
      return OnnxTensor.shapeOnly(shape);
    }
    charge(Layout.count(shape));
    for (int at : where.sizes("the index of " + node.label())) {
      int positive = at < 0 ? at + x.shape()[axis] : at;
      if (positive < 0 || positive >= x.shape()[axis]) {
        throw RefusedException.broken(node.label() + " reads element " + at);
      }
      parts.add(x.with(x.layout().slice(axis, positive, 1, 1)));
    }
    OnnxTensor joined = parts.isEmpty() ? OnnxTensor.shapeOnly(shape) : join(parts, axis);
    Layout result = joined.layout().reshape(shape);
    return joined.with(result);
  }

  private OnnxTensor concat(OnnxNode node, List<OnnxTensor> inputs) {
    int axis = input(node, inputs, 0).layout().axis(node.integer("axis", 0));
    List<OnnxTensor> parts = new ArrayList<>();
    for (int k = 0; k < inputs.size(); k++) {
      parts.add(input(node, inputs, k));
    }
    return join(parts, axis);
  }

  /** Tensors one after another along an axis; their other axes agree. */
  private OnnxTensor join(List<OnnxTensor> parts, int axis) {
    int[] shape = parts.get(0).shape().clone();
    long length = 0;
    boolean data = true;
    boolean floats = false;
    for (OnnxTensor part : parts) {
      int[] each = part.shape().clone();
      if (each.length == shape.length) {
        length += each[axis];
        each[axis] = shape[axis];
      }
      if (!Arrays.equals(each, shape)) {
        throw RefusedException.broken("Concat of " + parts.get(0) + " and " + part);
      }
      if (length > Integer.MAX_VALUE) {
        throw RefusedException.broken("Concat makes an axis of " + length + ", too big");
      }
      data &= part.hasData();
      floats |= part.isFloat();
    }
    shape[axis] = (int) length;
    if (!data) {
      return OnnxTensor.shapeOnly(shape);
    }
    charge(2 * Layout.count(shape));
    int outer = (int) Layout.count(Arrays.copyOf(shape, axis));
    int row = outer == 0 ? 0 : (int) (Layout.count(shape) / outer);
    float[] reals = floats ? new float[outer * row] : null;
    long[] whole = floats ? null : new long[outer * row];
    int at = 0;
    for (OnnxTensor part : parts) {
      int size = outer == 0 ? 0 : (int) (part.count() / outer);
      Object from = floats ? part.floats() : part.integers();
      for (int k = 0; k < outer; k++) {
        System.arraycopy(from, k * size, floats ? reals : whole, k * row + at, size);
      }
      at += size;
    }
    return floats ? OnnxTensor.of(reals, shape) : OnnxTensor.of(whole, shape);
  }

  private OnnxTensor expand(OnnxNode node, List<OnnxTensor> inputs) {
    OnnxTensor x = input(node, inputs, 0);
    int[] wanted = input(node, inputs, 1).sizes("the shape of " + node.label());
    int[] shape = Layout.common(x.shape(), wanted);
    charge(x.hasData() ? Layout.count(shape) : 0); // it is copied out sooner or later
    return x.with(x.layout().broadcast(shape));
  }

  private OnnxTensor tile(OnnxNode node, List<OnnxTensor> inputs) {
    OnnxTensor x = input(node, inputs, 0);
    int[] repeats = input(node, inputs, 1).sizes("the repeats of " + node.label());
    if (repeats.length != x.rank()) {
      throw RefusedException.broken(node.label() + " repeats " + repeats.length + " axes");
    }
    OnnxTensor result = x;
    for (int axis = 0; axis < repeats.length; axis++) {
      if (repeats[axis] < 1 || repeats[axis] > 1 << 20) {
        throw RefusedException.broken(node.label() + " repeats " + repeats[axis] + " times");
      }
      if (repeats[axis] > 1) {
        result = join(Collections.nCopies(repeats[axis], result), axis);
      }
    }
    return result;
  }

  private OnnxTensor constantOfShape(OnnxNode node, List<OnnxTensor> inputs) {
    int[] shape = input(node, inputs, 0).sizes("the shape of " + node.label());
    Onnx.TensorProto value = node.tensor("value");
    OnnxTensor one = value == null ? OnnxTensor.of(new float[1]) : constants.apply(value);
    if (one.count() != 1) {
      throw RefusedException.broken(node.label() + " has a value of " + one.count() + " numbers");
    }
    charge(Layout.count(shape));
    return one.with(one.layout().reshape().broadcast(shape));
  }

  private OnnxTensor range(OnnxNode node, List<OnnxTensor> inputs) {
    long start = single(node, inputs, 0);
    long limit = single(node, inputs, 1);
    long step = single(node, inputs, 2);
    if (step == 0) {
      throw RefusedException.broken(node.label() + " has step 0");
    }
    long count = Math.max(0, (long) Math.ceil(((double) limit - start) / step));
    charge(count);
    long[] values = new long[(int) count];
    for (int k = 0; k < values.length; k++) {
      values[k] = start + k * step;
    }
    return OnnxTensor.vector(values);
  }

  private static long single(OnnxNode node, List<OnnxTensor> inputs, int position) {
    int[] values = input(node, inputs, position).sizes("input " + position + " of " + node.label());
    if (values.length != 1) {
      throw RefusedException.broken(node.label() + " takes single numbers");
    }
    return values[0];
  }

  private static OnnxTensor matMul(OnnxNode node, List<OnnxTensor> inputs) {
    int[] a = input(node, inputs, 0).shape();
    int[] b = input(node, inputs, 1).shape();
    if (a.length < 2 || b.length < 2 || a[a.length - 1] != b[b.length - 2]) {
      throw RefusedException.broken(
          node.label() + " multiplies " + Arrays.toString(a) + " by " + Arrays.toString(b));
    }
    int[] batch = Layout.common(Arrays.copyOf(a, a.length - 2), Arrays.copyOf(b, b.length - 2));
    int[] shape = Arrays.copyOf(batch, batch.length + 2);
    shape[batch.length] = a[a.length - 2];
    shape[batch.length + 1] = b[b.length - 1];
    return OnnxTensor.shapeOnly(shape);
  }

  private static OnnxTensor gemm(OnnxNode node, List<OnnxTensor> inputs) {
    Layout a = input(node, inputs, 0).layout();
    Layout b = input(node, inputs, 1).layout();
    if (a.rank() != 2 || b.rank() != 2) {
      throw RefusedException.broken(node.label() + " multiplies tensors that are no matrices");
    }
    a = node.integer("transA", 0) != 0 ? a.transpose(1, 0) : a;
    b = node.integer("transB", 0) != 0 ? b.transpose(1, 0) : b;
    if (a.shape()[1] != b.shape()[0]) {
      throw RefusedException.broken(
          node.label() + " multiplies " + a.shape()[1] + " columns by " + b.shape()[0] + " rows");
    }
    return OnnxTensor.shapeOnly(a.shape()[0], b.shape()[1]);
  }

  private static OnnxTensor conv(OnnxNode node, List<OnnxTensor> inputs) {
    int[] x = input(node, inputs, 0).shape();
    int[] kernel = input(node, inputs, 1).shape();
    if (x.length != 4 || kernel.length != 4) {
      throw RefusedException.graph(node.label() + " is no convolution of images");
    }
    int[] shape = {x[0], kernel[0], 0, 0};
    for (int k = 0; k < 2; k++) {
      long stride = at(node.integers("strides"), k, 1);
      long dilation = at(node.integers("dilations"), k, 1);
      long padding = at(node.integers("pads"), k, 0) + at(node.integers("pads"), k + 2, 0);
      long room = x[2 + k] + padding - dilation * (kernel[2 + k] - 1L) - 1;
      if (stride < 1 || room < 0 || room / stride >= Integer.MAX_VALUE) {
        throw RefusedException.broken(node.label() + " does not fit an image of " + x[2 + k]);
      }
      shape[2 + k] = (int) (room / stride) + 1;
    }
    return OnnxTensor.shapeOnly(shape);
  }

  private static long at(long[] values, int position, long otherwise) {
    // Bounded, so that sums and products of a few of them do not overflow.
    return values == null || position >= values.length
        ? otherwise
        : Math.max(-(1 << 20), Math.min(1 << 20, values[position]));
  }

  private static OnnxTensor resize(OnnxNode node, List<OnnxTensor> inputs) {
    OnnxTensor x = input(node, inputs, 0);
    int[] shape = x.shape().clone();
    boolean bySize = node.hasInput(3);
    OnnxTensor target = input(node, inputs, bySize ? 3 : 2);
    long[] axes = node.integers("axes");
    int count = axes == null ? x.rank() : axes.length;
    if (!target.hasData() || target.count() != count) {
      throw RefusedException.graph("the target size of " + node.label() + " is not known");
    }
    for (int k = 0; k < count; k++) {
      int axis = x.layout().axis(axes == null ? k : axes[k]);
      double size =
          bySize ? target.integers()[k] : Math.floor((double) shape[axis] * target.floats()[k]);
      if (!(size >= 1 && size <= 1 << 20)) {
        throw RefusedException.broken(node.label() + " resizes an axis to " + size);
      }
      shape[axis] = (int) size;
    }
    return OnnxTensor.shapeOnly(shape);
  }
}
