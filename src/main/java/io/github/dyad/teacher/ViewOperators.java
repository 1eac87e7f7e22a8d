package io.github.dyad.teacher;

import java.util.Arrays;
import java.util.Set;
import java.util.function.IntFunction;

/** ONNX operators that move no number, as changes of a {@link Layout}. */
final class ViewOperators {
  private static final Set<String> NAMES =
      Set.of(
          "Identity",
          "Cast",
          "Dropout",
          "Reshape",
          "Flatten",
          "Squeeze",
          "Unsqueeze",
          "Transpose",
          "Slice",
          "Split",
          "Gather");

  private ViewOperators() {}

  static boolean isView(OnnxNode node) {
    return NAMES.contains(node.operator());
  }

  /** Whether every element of the input stays, in the same row-major order. */
  static boolean keepsOrder(OnnxNode node) {
    return node.is("Identity", "Cast", "Dropout", "Reshape", "Flatten", "Squeeze", "Unsqueeze");
  }

  /**
   * The layout of one output of a view operator.
   *
   * @param operands values of the node's inputs by position
   * @return null for a reshape that would have to copy, and for a Gather of several elements
   */
  static Layout apply(OnnxNode node, Layout input, int output, IntFunction<OnnxTensor> operands) {
    return switch (node.operator()) {
      case "Identity", "Cast", "Dropout" -> input;
      case "Reshape" -> input.reshape(reshapeTarget(node, input, operands));
      case "Flatten" -> input.reshape(flattenTarget(node, input));
      case "Squeeze" -> squeeze(node, input, operands);
      case "Unsqueeze" -> unsqueeze(node, input, operands);
      case "Transpose" -> input.transpose(permutation(node, input.rank()));
      case "Slice" -> slice(node, input, operands);
      case "Split" -> split(node, input, output, operands);
      case "Gather" -> gather(node, input, operands);
      default -> throw new IllegalArgumentException(node.operator() + " is no view");
    };
  }

  private static int[] reshapeTarget(
      OnnxNode node, Layout input, IntFunction<OnnxTensor> operands) {
    int[] target = operands.apply(1).sizes("the shape of " + node.label());
    long known = 1;
    int free = -1;
    for (int k = 0; k < target.length; k++) {
      if (target[k] == 0 && node.integer("allowzero", 0) == 0) {
        target[k] = input.shape()[input.axis(k)];
      }
      if (target[k] == -1 && free < 0) {
        free = k;
      } else {
        known = Math.multiplyExact(known, Math.max(1, Math.min(target[k], 1 << 20)));
        if (known > 1L << 40) {
          throw RefusedException.broken(node.label() + " makes a tensor that is too big");
        }
      }
    }
    if (free >= 0) {
      target[free] = (int) Math.min(Integer.MAX_VALUE, input.count() / known);
    }
    return target;
  }

  private static int[] flattenTarget(OnnxNode node, Layout input) {
    long at = node.integer("axis", 1);
    int axis = at == input.rank() ? input.rank() : input.axis(at);
    long rows = Layout.count(Arrays.copyOf(input.shape(), axis));
    long columns = Layout.count(Arrays.copyOfRange(input.shape(), axis, input.rank()));
    if (rows > Integer.MAX_VALUE || columns > Integer.MAX_VALUE) {
      throw RefusedException.broken(node.label() + " makes a tensor that is too big");
    }
    return new int[] {(int) rows, (int) columns};
  }

  /** Axes by attribute (before opset 13) or by second input; null without either. */
  private static int[] axes(OnnxNode node, IntFunction<OnnxTensor> operands) {
    if (node.hasInput(1)) {
      return operands.apply(1).sizes("the axes of " + node.label());
    }
    long[] attribute = node.integers("axes");
    return attribute == null ? null : OnnxTensor.vector(attribute).sizes("axes");
  }

  private static Layout squeeze(OnnxNode node, Layout input, IntFunction<OnnxTensor> operands) {
    int[] axes = axes(node, operands);
    boolean[] dropped = new boolean[input.rank()];
    if (axes == null) {
      for (int k = 0; k < input.rank(); k++) {
        dropped[k] = input.shape()[k] == 1;
      }
    } else {
      for (int axis : axes) {
        dropped[input.axis(axis)] = true;
      }
    }
    Layout result = input;
    for (int k = input.rank() - 1; k >= 0; k--) {
      if (dropped[k]) {
        result = result.drop(k);
      }
    }
    return result;
  }

  private static Layout unsqueeze(OnnxNode node, Layout input, IntFunction<OnnxTensor> operands) {
    int[] axes = axes(node, operands);
    if (axes == null || axes.length > Layout.MAX_RANK) {
      throw RefusedException.broken(node.label() + " has no usable axes");
    }
    int rank = input.rank() + axes.length;
    int[] sorted = new int[axes.length];
    for (int k = 0; k < axes.length; k++) {
      sorted[k] = axes[k] < 0 ? axes[k] + rank : axes[k];
      if (sorted[k] < 0 || sorted[k] >= rank) {
        throw RefusedException.broken(node.label() + " names axis " + axes[k]);
      }
    }
    Arrays.sort(sorted);
    Layout result = input;
    for (int axis : sorted) {
      if (axis > result.rank()) {
        throw RefusedException.broken(node.label() + " names an axis twice");
      }
      result = result.insert(axis);
    }
    return result;
  }

  /** The permutation of a Transpose of so many axes. */
  static int[] permutation(OnnxNode node, int rank) {
    long[] named = node.integers("perm");
    if (named != null) {
      return OnnxTensor.vector(named).sizes("perm");
    }
    int[] reversed = new int[rank];
    for (int k = 0; k < rank; k++) {
      reversed[k] = rank - 1 - k;
    }
    return reversed;
  }

  private static Layout slice(OnnxNode node, Layout input, IntFunction<OnnxTensor> operands) {
    boolean byInput = node.hasInput(1);
    String what = "the range of " + node.label();
    int[] starts = byInput ? operands.apply(1).sizes(what) : attribute(node, "starts");
    int[] ends =
        node.hasInput(2) ? operands.apply(2).sizes(what) : byInput ? null : attribute(node, "ends");
    int[] axes =
        node.hasInput(3) ? operands.apply(3).sizes(what) : byInput ? null : attribute(node, "axes");
    int[] steps = node.hasInput(4) ? operands.apply(4).sizes(what) : null;
    if (starts == null
        || ends == null
        || ends.length != starts.length
        || axes != null && axes.length != starts.length
        || steps != null && steps.length != starts.length) {
      throw RefusedException.broken(node.label() + " has no usable range");
    }
    Layout result = input;
    for (int k = 0; k < starts.length; k++) {
      int axis = input.axis(axes == null ? k : axes[k]);
      int step = steps == null ? 1 : steps[k];
      if (step < 1) {
        throw RefusedException.graph(node.label() + " steps backwards");
      }
      int length = result.shape()[axis];
      int from = clamp(starts[k], length);
      int to = clamp(ends[k], length);
      int size = to <= from ? 0 : (int) ((to - from + (step - 1L)) / step);
      result = result.slice(axis, from, size, step);
    }
    return result;
  }

  private static int[] attribute(OnnxNode node, String name) {
    long[] values = node.integers(name);
    return values == null ? null : OnnxTensor.vector(values).sizes(name);
  }

  private static int clamp(int position, int length) {
    long positive = position < 0 ? (long) position + length : position;
    return (int) Math.max(0, Math.min(length, positive));
  }

  private static Layout split(
      OnnxNode node, Layout input, int output, IntFunction<OnnxTensor> operands) {
    int axis = input.axis(node.integer("axis", 0));
    int parts = node.outputs().size();
    int length = input.shape()[axis];
    int[] sizes =
        node.hasInput(1)
            ? operands.apply(1).sizes("the parts of " + node.label())
            : attribute(node, "split");
    if (sizes == null) { // equal parts, the last one smaller
      int size = (length + parts - 1) / parts;
      int from = Math.min(length, output * size);
      return input.slice(axis, from, Math.min(size, length - from), 1);
    }
    if (sizes.length != parts) {
      throw RefusedException.broken(node.label() + " names " + sizes.length + " parts");
    }
    long from = 0;
    for (int k = 0; k < output; k++) {
      from += sizes[k];
    }
    if (from < 0 || from > length || sizes[output] < 0 || sizes[output] > length - from) {
      throw RefusedException.broken(node.label() + " splits beyond the axis");
    }
    return input.slice(axis, (int) from, sizes[output], 1);
  }

  private static Layout gather(OnnxNode node, Layout input, IntFunction<OnnxTensor> operands) {
    OnnxTensor where = operands.apply(1);
    if (where.count() != 1) {
      return null;
    }
    int axis = input.axis(node.integer("axis", 0));
    int length = input.shape()[axis];
    int at = where.sizes("the index of " + node.label())[0];
    int positive = at < 0 ? at + length : at;
    if (positive < 0 || positive >= length) {
      throw RefusedException.broken(node.label() + " reads element " + at + " of " + length);
    }
    Layout result = input.index(axis, positive);
    for (int k = 0; k < where.rank(); k++) {
      result = result.insert(axis);
    }
    return result;
  }
}
