package io.github.dyad.teacher;

import io.github.dyad.teacher.PositionGrid.Resampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Recognises the token embedding: patch embedding, class token, registers and position embeddings,
 * in whatever order the file concatenates, slices and adds them. A tensor of tokens is followed as
 * a sequence of runs, each either constant rows or the patches.
 */
final class EmbeddingRecognizer {
  private static final int MAX_DEPTH = 64;

  /**
   * The embedding.
   *
   * @param prefix (1 + R, D)
   */
  record Embedding(
      int patchSize,
      float[] patchWeight,
      float[] patchBias,
      float[] prefix,
      PositionGrid positions) {}

  /**
   * Neighbouring tokens of one kind.
   *
   * @param count how many
   * @param rows their constant part, (count, D), or null for zeros
   * @param patches whether the patch embedding is added
   * @param resized the Resize node whose output is added, or null
   */
  private record Run(int count, float[] rows, boolean patches, OnnxNode resized) {}

  private final OnnxGraph graph;
  private final GraphTrace trace;
  private final Patterns patterns;
  private final int width;
  private final Set<String> resized;

  EmbeddingRecognizer(OnnxGraph graph, GraphTrace trace, Patterns patterns, int width) {
    this.graph = graph;
    this.trace = trace;
    this.patterns = patterns;
    this.width = width;
    this.resized = graph.downstream("Resize");
  }

  /** The embedding that makes the tokens given to the first block. */
  Embedding recognise(String tokens) {
    List<Run> runs = runs(tokens, 0);
    Run patches = runs.get(runs.size() - 1);
    if (!patches.patches() || runs.stream().filter(Run::patches).count() != 1) {
      throw RefusedException.graph("the tokens are not class token, registers, patches");
    }
    float[] prefix = new float[0];
    for (Run run : runs.subList(0, runs.size() - 1)) {
      if (run.resized() != null) {
        throw RefusedException.graph("position embeddings are resized for more than the patches");
      }
      prefix = concatenate(prefix, rowsOf(run));
    }
    if (prefix.length == 0) {
      throw RefusedException.graph("there is no class token");
    }
    OnnxNode conv = convolution();
    return new Embedding(
        trace.shape(conv.input(1))[2],
        trace.weight(conv.input(1)),
        conv.hasInput(2) ? trace.weight(conv.input(2)) : new float[width],
        prefix,
        positions(patches, trace.shape(conv.output())));
  }

  private float[] rowsOf(Run run) {
    return run.rows() == null ? new float[run.count() * width] : run.rows();
  }

  private static float[] concatenate(float[] a, float[] b) {
    float[] joined = Arrays.copyOf(a, Math.addExact(a.length, b.length));
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }

  private OnnxNode convolution() {
    OnnxNode conv =
        graph.nodes().stream().filter(node -> node.is("Conv")).findFirst().orElseThrow();
    int[] kernel = trace.shape(conv.input(1));
    if (kernel.length != 4
        || kernel[0] != width
        || kernel[1] != 3
        || kernel[2] != kernel[3]
        || !trace.isConstant(conv.input(1))) {
      throw RefusedException.graph(
          "the patch embedding has the weight "
              + Arrays.toString(kernel)
              + ", not ["
              + width
              + ", 3, p, p]");
    }
    int p = kernel[2];
    boolean plain =
        Arrays.equals(conv.integers("strides"), new long[] {p, p})
            && all(conv.integers("pads"), 0)
            && all(conv.integers("dilations"), 1)
            && conv.integer("group", 1) == 1
            && conv.text("auto_pad", "NOTSET").matches("NOTSET|VALID")
            && (!conv.hasInput(2)
                || trace.isConstant(conv.input(2))
                    && Arrays.equals(trace.shape(conv.input(2)), new int[] {width}));
    if (!plain) {
      throw RefusedException.graph("the patches of " + conv.label() + " overlap or are padded");
    }
    if (!graph.inputs().containsKey(patterns.peel(conv.input(0)))) {
      throw RefusedException.graph(
          "the image is changed in the graph before " + conv.label() + " sees it");
    }
    return conv;
  }

  private static boolean all(long[] values, long wanted) {
    return values == null || Arrays.stream(values).allMatch(value -> value == wanted);
  }

  /** The runs of a tensor of shape (…, n, D). */
  private List<Run> runs(String tensor, int depth) {
    if (depth > MAX_DEPTH) {
      throw RefusedException.graph("the token embedding takes too many nodes");
    }
    if (trace.isConstant(tensor) && !resized.contains(tensor)) {
      return constant(tensor);
    }
    OnnxNode node = graph.producer(tensor);
    if (node == null) {
      throw RefusedException.graph(
          "the tokens read the input " + RefusedException.quoted(tensor) + " directly");
    }
    return switch (node.operator()) {
      case "Concat" -> concat(node, depth);
      case "Add" -> add(runs(node.input(0), depth + 1), runs(node.input(1), depth + 1), node);
      case "Slice", "Split", "Gather" -> part(node, tensor, depth);
      case "Transpose" -> grid(tensor);
      case "Where" ->
          throw new RefusedException(
              "the tokens can be masked (operator " + node.label() + ")",
              "export without the mask input (bool_masked_pos)");
      default -> {
        if (ViewOperators.keepsOrder(node) && Patterns.isFloatCast(node)) {
          boolean image = trace.shape(node.input(0)).length > 3; // (1, D, h, w) or (1, h, w, D)
          yield image ? grid(tensor) : runs(node.input(0), depth + 1);
        }
        throw RefusedException.graph("the token embedding uses operator " + node.label());
      }
    };
  }

  private List<Run> constant(String tensor) {
    int[] shape = trace.shape(tensor);
    if (shape.length == 0 || shape[shape.length - 1] != width || Layout.count(shape) == 0) {
      throw RefusedException.graph(
          "a constant of shape " + Arrays.toString(shape) + " is no row of " + width + " numbers");
    }
    float[] rows = trace.weight(tensor);
    return List.of(new Run(rows.length / width, rows, false, null));
  }

  private List<Run> concat(OnnxNode node, int depth) {
    int rank = trace.shape(node.output()).length;
    long axis = node.integer("axis", 0);
    if (rank < 2 || axis != rank - 2 && axis != -2) {
      throw RefusedException.graph(node.label() + " does not concatenate tokens");
    }
    List<Run> runs = new ArrayList<>();
    for (int k = 0; k < node.inputs().size(); k++) {
      runs.addAll(runs(node.input(k), depth + 1));
    }
    return runs;
  }

  /** Tokens picked out by a view operator on the token axis. */
  private List<Run> part(OnnxNode node, String tensor, int depth) {
    int[] before = trace.shape(node.input(0));
    int tokens = before.length < 2 ? 0 : before[before.length - 2];
    Layout layout = patterns.forward(node, tensor, Layout.contiguous(before));
    int[] after = layout.shape();
    long first = layout.offset() / width;
    long count = layout.count() / width;
    boolean whole =
        after.length > 0
            && after[after.length - 1] == width
            && layout.count() > 0
            && layout.isContiguous()
            && layout.offset() % width == 0
            && Layout.contiguous(before).count() == (long) tokens * width;
    if (!whole) {
      throw RefusedException.graph(node.label() + " does not pick out tokens");
    }
    return cut(runs(node.input(0), depth + 1), first, first + count);
  }

  private List<Run> cut(List<Run> runs, long from, long to) {
    List<Run> parts = new ArrayList<>();
    long start = 0;
    for (Run run : runs) {
      int low = (int) Math.max(0, Math.min(run.count(), from - start));
      int high = (int) Math.max(0, Math.min(run.count(), to - start));
      if (high > low) {
        parts.add(part(run, low, high));
      }
      start += run.count();
    }
    return parts;
  }

  private Run part(Run run, int low, int high) {
    if (low == 0 && high == run.count()) {
      return run;
    }
    if (run.patches() || run.resized() != null) {
      throw RefusedException.graph("the token embedding takes the patches apart");
    }
    float[] rows = Arrays.copyOfRange(rowsOf(run), low * width, high * width);
    return new Run(high - low, rows, false, null);
  }

  /** Sums runs token by token, cutting both where either has a border. */
  private List<Run> add(List<Run> left, List<Run> right, OnnxNode node) {
    List<Run> sums = new ArrayList<>();
    long total = left.stream().mapToLong(Run::count).sum();
    if (total != right.stream().mapToLong(Run::count).sum()) {
      throw RefusedException.graph(
          "the sum " + node.label() + " has different numbers of tokens on its sides");
    }
    for (long from = 0; from < total; ) {
      long to = Math.min(borderAfter(left, from), borderAfter(right, from));
      sums.add(sum(cut(left, from, to).get(0), cut(right, from, to).get(0), node));
      from = to;
    }
    return sums;
  }

  private static long borderAfter(List<Run> runs, long position) {
    long border = 0;
    for (Run run : runs) {
      border += run.count();
      if (border > position) {
        return border;
      }
    }
    return border;
  }

  private Run sum(Run a, Run b, OnnxNode node) {
    if (a.patches() && b.patches() || a.resized() != null && b.resized() != null) {
      throw RefusedException.graph("the sum " + node.label() + " adds the patches twice");
    }
    float[] rows = a.rows() == null ? b.rows() : a.rows();
    if (a.rows() != null && b.rows() != null) {
      rows = a.rows().clone();
      for (int k = 0; k < rows.length; k++) {
        rows[k] += b.rows()[k];
      }
    }
    return new Run(
        a.count(),
        rows,
        a.patches() || b.patches(),
        a.resized() == null ? b.resized() : a.resized());
  }

  /** The tokens of an image (1, D, h, w), a convolution's or a resized one, row by row. */
  private List<Run> grid(String tensor) {
    Patterns.Views views = patterns.views(tensor);
    OnnxNode source = graph.producer(views.source());
    if (source == null || !source.is("Conv", "Resize")) {
      throw RefusedException.graph(
          "the token embedding uses "
              + (source == null ? "the input" : source.label())
              + " where patches are expected");
    }
    int[] image = trace.shape(views.source());
    if (image.length != 4) {
      throw RefusedException.graph(source.label() + " does not make an image");
    }
    Layout layout = patterns.backward(views, tensor);
    int h = image[2];
    int w = image[3];
    boolean rowByRow =
        image[1] == width
            && layout.offset() == 0
            && (width == 1 || layout.strides()[1] == 1)
            && (h == 1 || layout.strides()[2] == (long) w * width)
            && (w == 1 || layout.strides()[3] == width);
    if (!rowByRow || image[0] != 1) {
      throw RefusedException.graph(source.label() + " is not laid out as tokens row by row");
    }
    boolean patches = source.is("Conv");
    return List.of(new Run(Math.multiplyExact(h, w), null, patches, patches ? null : source));
  }

  /**
   * @param image shape of the patch embedding's output, (1, D, h, w)
   */
  private PositionGrid positions(Run patches, int[] image) {
    if (patches.resized() != null && patches.rows() != null) {
      throw RefusedException.graph("the patches have two position embeddings");
    }
    if (patches.resized() != null) {
      return resizedPositions(patches.resized(), image);
    }
    if (patches.rows() == null) {
      throw RefusedException.graph("there are no position embeddings");
    }
    return new PositionGrid(patches.rows(), image[2], image[3], Resampling.FOLDED, 0);
  }

  private PositionGrid resizedPositions(OnnxNode resize, int[] image) {
    int[] shape = trace.shape(resize.input(0));
    if (shape.length != 4 || shape[0] != 1 || shape[1] != width) {
      throw RefusedException.graph(
          "the position grid has the shape " + Arrays.toString(shape) + ", not [1, D, h, w]");
    }
    if (!Arrays.equals(trace.shape(resize.output()), image)) {
      throw RefusedException.graph("the position grid is not resized to the grid of patches");
    }
    float[] grid = trace.weight(resize.input(0)); // (D, h, w)
    float[] rows =
        OnnxTensor.of(grid, width, shape[2] * shape[3])
            .with(Layout.contiguous(width, shape[2] * shape[3]).transpose(1, 0))
            .floats();
    double offset = resize.hasInput(3) ? 0 : scaleOffset(resize, shape, image);
    return new PositionGrid(rows, shape[2], shape[3], resampling(resize), offset);
  }

  private static Resampling resampling(OnnxNode resize) {
    String mode = resize.text("mode", "nearest");
    String coordinates = resize.text("coordinate_transformation_mode", "half_pixel");
    boolean antialias = resize.integer("antialias", 0) != 0;
    if (!coordinates.matches("half_pixel|pytorch_half_pixel")) {
      throw RefusedException.graph(
          "position embeddings are resized with coordinates "
              + RefusedException.quoted(coordinates));
    }
    if (mode.equals("linear") && !antialias) {
      return Resampling.LINEAR;
    }
    // With antialias the coefficient is not looked at: PyTorch computes with −0.5, but exporters
    // of its old versions wrote −0.75.
    if (mode.equals("cubic") && antialias) {
      return Resampling.CUBIC_ANTIALIAS;
    }
    if (mode.equals("cubic")
        && resize.real("cubic_coeff_a", -0.75f) == -0.75f
        && resize.integer("exclude_outside", 0) == 0) {
      return Resampling.CUBIC;
    }
    throw RefusedException.graph(
        "position embeddings are resized with mode " + RefusedException.quoted(mode));
  }

  /** c of a scale factor (h + c) / grid; DINOv2's without registers has 0.1. */
  private double scaleOffset(OnnxNode resize, int[] shape, int[] image) {
    float[] scales =
        trace.value(resize.input(2)).floats(); // as many as axes: the trace has checked
    double offsetHeight = scales[scales.length - 2] * (double) shape[2] - image[2];
    double offsetWidth = scales[scales.length - 1] * (double) shape[3] - image[3];
    boolean plausible =
        scales.length >= 2
            && offsetHeight > -1e-3
            && offsetHeight < 1
            && Math.abs(offsetHeight - offsetWidth) < 1e-3;
    if (!plausible) {
      throw RefusedException.graph(
          "position embeddings are resized by " + Arrays.toString(scales) + ", to no grid");
    }
    return Math.round(offsetHeight * 1000) / 1000.0; // the file's scale is a rounded float
  }
}
