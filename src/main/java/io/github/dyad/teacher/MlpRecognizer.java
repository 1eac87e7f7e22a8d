package io.github.dyad.teacher;

import io.github.dyad.graph.Activation;
import io.github.dyad.teacher.Patterns.Linear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Recognises what stands between the two layers of an MLP by its values: the nodes are run on a
 * probe, and the activation is the one that gives the same. Spelling (erf of x/√2, of x·0.7071, one
 * Gelu node, chunk, split or slice) does not matter, and nothing that is not an activation passes.
 */
final class MlpRecognizer {
  /**
   * Above what half-precision constants cost (3e-5), below GELU's distance to its tanh (4.7e-4).
   */
  private static final double TOLERANCE = 1e-4;

  private static final int MAX_NODES = 64;

  /** The hidden layers (one, or gate and value apart) and the activation, input named. */
  record Mlp(String input, Activation activation, float[] fc1Weight, float[] fc1Bias) {}

  private final OnnxGraph graph;
  private final GraphTrace trace;
  private final Patterns patterns;

  MlpRecognizer(OnnxGraph graph, GraphTrace trace, Patterns patterns) {
    this.graph = graph;
    this.trace = trace;
    this.patterns = patterns;
  }

  /** One run of the nodes on the probe. */
  private final class Probe {
    final List<Linear> layers = new ArrayList<>();
    final List<float[]> inputs = new ArrayList<>();
    private final Map<String, OnnxTensor> done = new HashMap<>();

    /** Value of a tensor at one token, under its traced rank. */
    OnnxTensor value(String tensor) {
      String peeled = patterns.peel(tensor);
      OnnxTensor value = done.get(peeled);
      if (value == null) {
        value = compute(peeled);
        done.put(peeled, value);
      }
      int[] shape = new int[trace.shape(tensor).length];
      Arrays.fill(shape, 1);
      if (shape.length == 0 || value.rank() == 0) {
        return value;
      }
      shape[shape.length - 1] = value.shape()[value.rank() - 1];
      return value.with(value.contiguous().layout().reshape(shape));
    }

    private OnnxTensor compute(String tensor) {
      if (trace.isConstant(tensor)) {
        return trace.value(tensor);
      }
      Linear linear = patterns.linear(tensor);
      if (linear != null) {
        float[] input = spread(linear.outputs(), layers.size());
        layers.add(linear);
        inputs.add(input);
        return OnnxTensor.of(input, input.length);
      }
      OnnxNode node = graph.producer(tensor);
      boolean moves =
          node != null && ViewOperators.isView(node) && !node.is("Split", "Slice", "Cast");
      if (node == null || moves || done.size() > MAX_NODES) {
        throw RefusedException.graph(
            "the second layer of an MLP follows "
                + (node == null ? "an input" : node.label())
                + ", not an activation");
      }
      List<OnnxTensor> operands = new ArrayList<>();
      for (int k = 0; k < node.inputs().size(); k++) {
        operands.add(node.hasInput(k) ? operand(node, node.input(k)) : null);
      }
      OnnxTensor result = trace.apply(node, operands).get(node.outputs().indexOf(tensor));
      if (!result.hasData()) {
        throw RefusedException.graph("the MLP contains " + node.label());
      }
      return result.contiguous();
    }

    private OnnxTensor operand(OnnxNode node, String tensor) {
      // Constants keep their own shape: sizes, axes, and single numbers.
      return trace.isConstant(tensor) ? trace.value(tensor) : value(tensor);
    }

    /** Numbers from −4 to 4 with no two alike (steps of the golden section). */
    private static float[] spread(int count, int layer) {
      float[] values = new float[count];
      for (int k = 0; k < count; k++) {
        double step = (k + 1) * 0.6180339887498949 + layer * 0.37;
        values[k] = (float) (8 * (step - Math.floor(step)) - 4);
      }
      return values;
    }
  }

  /** The first layer and activation in front of a second layer. */
  Mlp recognise(Linear fc2) {
    Probe probe = new Probe();
    float[] result = probe.value(fc2.input()).floats();
    if (probe.layers.isEmpty() || result.length != fc2.inputs()) {
      throw RefusedException.graph("the layers of an MLP do not fit");
    }
    Linear first = probe.layers.get(0);
    float[] x = probe.inputs.get(0);
    int hidden = fc2.inputs();
    if (probe.layers.size() == 1 && first.outputs() == hidden) {
      Activation activation = elementwise(x, result);
      return new Mlp(first.input(), activation, patterns.weight(first), patterns.bias(first));
    }
    if (probe.layers.size() == 1 && first.outputs() == 2L * hidden) {
      float[] low = Arrays.copyOf(x, hidden);
      float[] high = Arrays.copyOfRange(x, hidden, 2 * hidden);
      boolean lowGates = gates(low, high, result);
      float[] weight = patterns.weight(first);
      float[] bias = patterns.bias(first);
      return new Mlp(
          first.input(),
          Activation.SWIGLU,
          lowGates ? weight : swapHalves(weight),
          lowGates ? bias : swapHalves(bias));
    }
    if (probe.layers.size() == 2
        && patterns.same(first.input(), probe.layers.get(1).input())
        && first.outputs() == hidden
        && probe.layers.get(1).outputs() == hidden) {
      boolean firstGates = gates(x, probe.inputs.get(1), result);
      Linear gate = probe.layers.get(firstGates ? 0 : 1);
      Linear value = probe.layers.get(firstGates ? 1 : 0);
      return new Mlp(
          first.input(),
          Activation.SWIGLU,
          join(patterns.weight(gate), patterns.weight(value)),
          join(patterns.bias(gate), patterns.bias(value)));
    }
    throw RefusedException.graph("the layers of an MLP do not fit");
  }

  private static Activation elementwise(float[] x, float[] result) {
    double exact = distance(x, result, ActivationFunctions::gelu);
    double tanh = distance(x, result, ActivationFunctions::geluTanh);
    if (!(Math.min(exact, tanh) < TOLERANCE)) {
      throw RefusedException.graph(
          "the MLP's activation is neither GELU nor SwiGLU (off by "
              + (float) Math.min(exact, tanh)
              + ")");
    }
    return exact <= tanh ? Activation.GELU : Activation.GELU_TANH;
  }

  /** Whether a gates b; refused if b does not gate a either. */
  private static boolean gates(float[] a, float[] b, float[] result) {
    DoubleBinaryOperator swiGlu = (gate, value) -> ActivationFunctions.silu(gate) * value;
    if (distance(a, b, result, swiGlu) < TOLERANCE) {
      return true;
    }
    if (distance(b, a, result, swiGlu) < TOLERANCE) {
      return false;
    }
    throw RefusedException.graph("the MLP is gated, but not as SwiGLU");
  }

  private static double distance(float[] x, float[] y, DoubleUnaryOperator function) {
    return distance(x, x, y, (a, b) -> function.applyAsDouble(a));
  }

  private static double distance(float[] a, float[] b, float[] y, DoubleBinaryOperator function) {
    double worst = 0;
    for (int k = 0; k < y.length; k++) {
      double expected = function.applyAsDouble(a[k], b[k]);
      double off = Math.abs(expected - y[k]) / Math.max(1, Math.abs(expected));
      worst = Double.isNaN(off) ? Double.POSITIVE_INFINITY : Math.max(worst, off);
    }
    return worst;
  }

  private static float[] swapHalves(float[] values) {
    int half = values.length / 2;
    return join(Arrays.copyOfRange(values, half, values.length), Arrays.copyOf(values, half));
  }

  private static float[] join(float[] a, float[] b) {
    float[] joined = Arrays.copyOf(a, Math.addExact(a.length, b.length));
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }
}
