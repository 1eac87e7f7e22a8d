package io.github.dyad.teacher;

import io.github.dyad.graph.Activation;
import io.github.dyad.teacher.AttentionRecognizer.Attention;
import io.github.dyad.teacher.EmbeddingRecognizer.Embedding;
import io.github.dyad.teacher.MlpRecognizer.Mlp;
import io.github.dyad.teacher.Patterns.Linear;
import io.github.dyad.teacher.Patterns.Norm;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx;

/**
 * Recognises the whole transformer, backwards from the final layer norm: each block must be {@code
 * x += γ1·MSA(LN(x)); x += γ2·MLP(LN(x))}, down to the token embedding. No node on the way is
 * passed over, so what is read is what the file computes.
 */
final class VitRecognizer {
  private static final int MAX_GRIDS = 4;

  private final OnnxGraph graph;
  private final GraphTrace trace;
  private final Patterns patterns;
  private final Set<String> attended;
  private final MlpRecognizer mlps;
  private final AttentionRecognizer attentions;

  private int width;
  private int heads;
  private Activation activation;
  private double epsilon;
  private Boolean layerScale;

  /** What one residual sum adds: {@code skip + γ·linear(…)}; γ may be null. */
  private record Branch(String skip, String gamma, Linear linear) {}

  private VitRecognizer(OnnxGraph graph, GraphTrace trace) {
    this.graph = graph;
    this.trace = trace;
    this.patterns = new Patterns(graph, trace);
    this.attended = graph.downstream("Softmax");
    this.mlps = new MlpRecognizer(graph, trace, patterns);
    this.attentions = new AttentionRecognizer(graph, trace, patterns);
  }

  /**
   * The transformer of a file.
   *
   * @param name what the teacher is called
   */
  static TeacherWeights recognise(OnnxFile file, String name) {
    OnnxGraph graph = file.graph();
    TensorReader tensors = file.tensors();
    RefusedException refused = null;
    for (int[] image : imageSizes(graph)) {
      try {
        GraphTrace trace = new GraphTrace(graph, tensors, Map.of(imageInput(graph), image));
        return new VitRecognizer(graph, trace).read(file, name);
      } catch (RefusedException e) {
        refused = e; // another size may be the one the file was made for
      }
    }
    throw refused;
  }

  private static String imageInput(OnnxGraph graph) {
    Set<String> inputs = graph.inputs().keySet();
    if (inputs.size() != 1) {
      List<String> names = inputs.stream().limit(4).map(RefusedException::quoted).toList();
      throw new RefusedException(
          "the graph has " + inputs.size() + " inputs " + names + " where an image is expected",
          "export the model with the image as its only input");
    }
    return inputs.iterator().next();
  }

  /**
   * Image shapes to trace the graph with, the likeliest last. Where the file leaves height and
   * width open: a small oblong one, then those whose patches a stored position embedding has a row
   * for.
   */
  private static List<int[]> imageSizes(OnnxGraph graph) {
    Onnx.ValueInfoProto input = graph.inputs().get(imageInput(graph));
    List<Onnx.TensorShapeProto.Dimension> dims =
        input.getType().getTensorType().getShape().getDimList();
    if (!dims.isEmpty() && dims.size() != 4) {
      throw RefusedException.graph("the input has " + dims.size() + " axes, not (B, 3, H, W)");
    }
    long height = dims.isEmpty() ? 0 : dims.get(2).getDimValue();
    long width = dims.isEmpty() ? 0 : dims.get(3).getDimValue();
    if (height > 0 && width > 0) {
      return List.of(image(height, width));
    }
    int[] kernel = kernel(graph);
    int patch = kernel[2];
    List<int[]> sizes = new ArrayList<>();
    sizes.add(image(2L * patch, 3L * patch));
    for (int grid : storedGrids(graph, kernel[0])) {
      sizes.add(image((long) grid * patch, (long) grid * patch));
    }
    return sizes;
  }

  private static int[] image(long height, long width) {
    if (height > 1 << 15 || width > 1 << 15) {
      throw RefusedException.graph("the image has " + height + "x" + width + " pixels");
    }
    return new int[] {1, 3, (int) height, (int) width};
  }

  private static int[] kernel(OnnxGraph graph) {
    OnnxNode conv =
        graph.nodes().stream().filter(node -> node.is("Conv")).findFirst().orElseThrow();
    String name = conv.input(1);
    for (OnnxNode maker = graph.producer(name);
        maker != null && maker.is("Cast", "Identity");
        maker = graph.producer(name)) {
      name = maker.input(0);
    }
    Onnx.TensorProto stored = graph.stored().get(name);
    int[] kernel = stored == null ? new int[0] : TensorReader.shape(stored);
    if (kernel.length != 4) {
      throw RefusedException.graph("the patch embedding has no stored weight (D, 3, p, p)");
    }
    return kernel;
  }

  /** g of stored tensors (1, g² + a few, D), the sides of position grids. */
  private static Set<Integer> storedGrids(OnnxGraph graph, int width) {
    Set<Integer> grids = new LinkedHashSet<>();
    for (Onnx.TensorProto tensor : graph.stored().values()) {
      List<Long> dims = tensor.getDimsList();
      if (dims.size() == 3
          && dims.get(0) == 1
          && dims.get(2) == width
          && dims.get(1) > 1
          && dims.get(1) < 1 << 20
          && grids.size() < MAX_GRIDS) {
        grids.add((int) Math.sqrt(dims.get(1)));
      }
    }
    return grids;
  }

  private TeacherWeights read(OnnxFile file, String name) {
    Norm last = finalNorm();
    int[] tokens = trace.shape(last.input());
    width = tokens[tokens.length - 1];
    epsilon = last.epsilon();
    Deque<BlockWeights> blocks = new ArrayDeque<>();
    String x = last.input();
    while (attended.contains(patterns.peel(x))) {
      x = block(x, blocks);
    }
    if (blocks.isEmpty()) {
      throw RefusedException.graph("the final layer norm follows no attention");
    }
    Embedding embedding =
        new EmbeddingRecognizer(graph, trace, patterns, width).recognise(patterns.peel(x));
    return assemble(last, List.copyOf(blocks), embedding, file, name);
  }

  /** The last layer norm over tokens that have passed an attention. */
  private Norm finalNorm() {
    for (int k = graph.nodes().size() - 1; k >= 0; k--) {
      OnnxNode node = graph.nodes().get(k);
      if (node.is("Add", "LayerNormalization") && attended.contains(node.output())) {
        Norm norm = patterns.norm(node.output());
        if (norm != null && trace.shape(norm.input()).length == 3) {
          return norm;
        }
      }
    }
    throw RefusedException.graph("there is no final layer norm over tokens");
  }

  /** Reads the block that makes a tensor; gives the tensor it was made of. */
  private String block(String output, Deque<BlockWeights> blocks) {
    String where = "block " + (blocks.size() + 1) + " from the end: ";
    try {
      Branch second = branch(output, "MLP");
      Mlp mlp = mlps.recognise(second.linear());
      Norm norm2 = preNorm(mlp.input(), second.skip(), "MLP");
      Branch first = branch(second.skip(), "attention");
      Attention attention = attentions.recognise(first.linear().input());
      Norm norm1 = preNorm(attention.input(), first.skip(), "attention");
      agree(attention, mlp, List.of(norm1, norm2));
      agree(first.gamma() != null, second.gamma() != null);
      int hidden = second.linear().inputs();
      int rows = mlp.activation() == Activation.SWIGLU ? 2 * hidden : hidden;
      check(mlp.fc1Weight().length == (long) rows * width, "an MLP does not read the width");
      blocks.addFirst(
          new BlockWeights(
              trace.weight(norm1.weight()),
              shift(norm1),
              attention.qkvWeight(),
              attention.qkvBias(),
              pickColumns(patterns.weight(first.linear()), attention.columns()),
              patterns.bias(first.linear()),
              first.gamma() == null ? null : trace.weight(first.gamma()),
              trace.weight(norm2.weight()),
              shift(norm2),
              mlp.fc1Weight(),
              mlp.fc1Bias(),
              patterns.weight(second.linear()),
              patterns.bias(second.linear()),
              second.gamma() == null ? null : trace.weight(second.gamma())));
      return first.skip();
    } catch (RefusedException e) {
      throw e.in(where);
    }
  }

  private Branch branch(String sum, String what) {
    OnnxNode add = patterns.maker(sum, "Add");
    if (add != null) {
      for (int side = 0; side < 2; side++) {
        String[] scale = patterns.channelScale(add.input(side));
        Linear linear = patterns.linear(scale == null ? add.input(side) : scale[1]);
        if (linear != null) {
          check(linear.outputs() == width, what + " does not end in the width of the tokens");
          return new Branch(add.input(1 - side), scale == null ? null : scale[0], linear);
        }
      }
    }
    throw RefusedException.graph(
        "tensor "
            + RefusedException.quoted(patterns.peel(sum))
            + " is no sum of tokens and "
            + what
            + ", as in a pre-norm transformer");
  }

  private Norm preNorm(String normalised, String skip, String what) {
    Norm norm = patterns.norm(normalised);
    if (norm == null || !patterns.same(norm.input(), skip)) {
      throw RefusedException.graph(
          what + " does not read the layer norm of the tokens it is added to (no pre-norm block)");
    }
    return norm;
  }

  private void agree(Attention attention, Mlp mlp, List<Norm> norms) {
    if (activation == null) {
      activation = mlp.activation();
      heads = attention.heads();
    }
    check(activation == mlp.activation(), "blocks differ in their activation");
    check(heads == attention.heads(), "blocks differ in their number of heads");
    for (Norm norm : norms) {
      check(
          Math.abs(norm.epsilon() - epsilon) <= 1e-3 * epsilon,
          "layer norms differ in their epsilon");
    }
    check(attention.columns().length == width, "attention does not have the width of the tokens");
  }

  private void agree(boolean scaled1, boolean scaled2) {
    layerScale = layerScale == null ? scaled2 : layerScale;
    check(
        layerScale == scaled1 && layerScale == scaled2,
        "some branches have a layer scale and others have none");
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw RefusedException.graph(otherwise);
    }
  }

  private float[] shift(Norm norm) {
    return norm.bias() == null ? new float[width] : trace.weight(norm.bias());
  }

  /** The columns of a (D, D) weight in another order. */
  private static float[] pickColumns(float[] weight, int[] columns) {
    int width = columns.length;
    float[] picked = new float[weight.length];
    for (int row = 0; row < weight.length / width; row++) {
      for (int k = 0; k < width; k++) {
        picked[row * width + k] = weight[row * width + columns[k]];
      }
    }
    return picked;
  }

  private TeacherWeights assemble(
      Norm last, List<BlockWeights> blocks, Embedding embedding, OnnxFile file, String name) {
    return new TeacherWeights(
        name,
        blocks.size(),
        width,
        heads,
        embedding.patchSize(),
        embedding.prefix().length / width - 1,
        embedding.positions().height(),
        embedding.positions().width(),
        epsilon,
        activation,
        embedding.patchWeight(),
        embedding.patchBias(),
        embedding.prefix(),
        embedding.positions(),
        blocks,
        trace.weight(last.weight()),
        shift(last),
        parameters(blocks, embedding) + 2L * width,
        file.externalFiles(),
        file.sha256());
  }

  private static long parameters(List<BlockWeights> blocks, Embedding embedding) {
    long sum =
        (long) embedding.patchWeight().length
            + embedding.patchBias().length
            + embedding.prefix().length
            + embedding.positions().rows().length;
    for (BlockWeights block : blocks) {
      for (float[] each :
          Arrays.asList(
              block.norm1Weight(),
              block.norm1Bias(),
              block.qkvWeight(),
              block.qkvBias(),
              block.projWeight(),
              block.projBias(),
              block.layerScale1(),
              block.norm2Weight(),
              block.norm2Bias(),
              block.fc1Weight(),
              block.fc1Bias(),
              block.fc2Weight(),
              block.fc2Bias(),
              block.layerScale2())) {
        sum += each == null ? 0 : each.length;
      }
    }
    return sum;
  }
}
