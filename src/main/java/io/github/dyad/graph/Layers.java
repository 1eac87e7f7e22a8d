package io.github.dyad.graph;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The operations that teacher and students are written in, added to one SameDiff graph in one
 * lowering. Letters: B images, N tokens an image, D width, H heads, d = D/H.
 *
 * <p>Activations are token rows (B·N, D); B is never written down, so a composed graph takes any
 * batch.
 */
public final class Layers {
  /** An inverted dropout of the graph, whose mask a composed graph takes as a placeholder. */
  public record DropoutSite(String mask, int site, double rate, int columns) {}

  /** INT64 placeholder of a fused graph with dropout: [seed, step]. */
  public static final String DROPOUT_STATE = "dropout_state";

  private final SameDiff graph;
  private final Lowering lowering;
  private final TokenGrid tokens;
  private final int width;
  private final List<DropoutSite> dropoutSites = new ArrayList<>();
  private final Map<SDVariable, long[]> declaredShapes = new IdentityHashMap<>();

  /**
   * @param width D, the same in teacher and students
   */
  public Layers(SameDiff graph, Lowering lowering, TokenGrid tokens, int width) {
    this.graph = graph;
    this.lowering = lowering;
    this.tokens = tokens;
    this.width = width;
  }

  public SameDiff graph() {
    return graph;
  }

  public Lowering lowering() {
    return lowering;
  }

  public TokenGrid tokens() {
    return tokens;
  }

  public int width() {
    return width;
  }

  public List<DropoutSite> dropoutSites() {
    return List.copyOf(dropoutSites);
  }

  private boolean fused() {
    return lowering == Lowering.FUSED;
  }

  /** Declares the shape of a value (−1: any); {@link Plan} refuses a graph that breaks it. */
  public SDVariable shaped(SDVariable x, long... shape) {
    declaredShapes.put(x, shape);
    return x;
  }

  Map<SDVariable, long[]> declaredShapes() {
    return declaredShapes;
  }

  /**
   * Token embedding: patches of p×p pixels through a linear map, plus the position rows; class and
   * register rows before them.
   *
   * @param image (B, 3, h·p, w·p)
   * @param weight (D, 3·p·p), inner order (channel, row, column)
   * @param bias (D)
   * @param prefix (1+R, D), class token with its position, registers
   * @param position (h·w, D)
   * @return (B·N, D)
   */
  public SDVariable embed(
      SDVariable image,
      int patch,
      SDVariable weight,
      SDVariable bias,
      SDVariable prefix,
      SDVariable position) {
    int D = width;
    int h = tokens.gridHeight();
    int w = tokens.gridWidth();
    if (fused()) {
      SDVariable rows = graph.concat(0, prefix, position); // -> (N, D)
      return new EmbedOp(graph, image, weight, bias, rows, tokens, patch).outputVariable();
    }
    SDVariable x = graph.reshape(image, -1, 3, h, patch, w, patch);
    x = graph.permute(x, 0, 2, 4, 1, 3, 5); // -> (B, h, w, 3, p, p)
    x = graph.reshape(x, -1, 3L * patch * patch);
    SDVariable patches = graph.reshape(linear(x, weight, bias), -1, tokens.patches(), D);
    patches = patches.add(graph.reshape(position, 1, tokens.patches(), D));
    // Repeats the prefix for every image of a batch whose size the graph does not know.
    SDVariable zero = graph.reshape(graph.mean(patches, true, 1, 2).mul(0.0), -1, 1, 1);
    SDVariable before = zero.add(graph.reshape(prefix, 1, tokens.prefix(), D));
    return graph.reshape(graph.concat(1, before, patches), -1, D); // -> (B·N, D)
  }

  /** y = x·Wᵀ + b; x (rows, in), W (out, in), b (out). */
  public SDVariable linear(SDVariable x, SDVariable weight, SDVariable bias) {
    return fused()
        ? new LinearOp(graph, x, weight, bias).outputVariable()
        : graph.mmul(x, weight, false, true, false).add(bias);
  }

  /** y = (x − mean)/√(var + ε) ⊙ γ + β over D; x (rows, D). */
  public SDVariable layerNorm(SDVariable x, SDVariable gamma, SDVariable beta, double epsilon) {
    return fused()
        ? new LayerNormOp(graph, x, gamma, beta, epsilon).outputVariables()[0]
        : standardize(x, 1, epsilon).mul(gamma).add(beta);
  }

  /** (x − mean)/√(var + ε) over an axis ≥ 0, from stock ops (SameDiff's own has no ε). */
  public SDVariable standardize(SDVariable x, int axis, double epsilon) {
    SDVariable centred = x.sub(graph.mean(x, true, axis));
    SDVariable variance = graph.mean(graph.math().square(centred), true, axis);
    return centred.mul(graph.math().rsqrt(variance.add(epsilon)));
  }

  /** y = x/2 · (1 + erf(x/√2)). */
  public SDVariable gelu(SDVariable x) {
    return fused()
        ? new GeluOp(graph, x).outputVariable()
        : x.mul(0.5).mul(graph.math().erf(x.mul(Math.sqrt(0.5))).add(1.0));
  }

  /** y = x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³))); some exports of frozen teachers have it. */
  public SDVariable geluTanh(SDVariable x) {
    SDVariable inner = x.add(graph.math().cube(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
    return x.mul(0.5).mul(graph.math().tanh(inner).add(1.0));
  }

  /** u ⊙ σ(u) ⊙ v for x = [u, v]; x (rows, 2·hidden) → (rows, hidden). Frozen teachers only. */
  public SDVariable swiGlu(SDVariable x, int hidden) {
    SDVariable u = x.get(SDIndex.all(), SDIndex.interval(0L, (long) hidden));
    SDVariable v = x.get(SDIndex.all(), SDIndex.interval((long) hidden, 2L * hidden));
    return u.mul(graph.nn().sigmoid(u)).mul(v);
  }

  /**
   * Softmax attention, softmax(q·kᵀ/√d)·v in every head.
   *
   * @param qkv (B·N, 3D), q, k and v side by side
   * @return (B·N, D)
   */
  public SDVariable attention(SDVariable qkv, int heads) {
    SDVariable[] split = splitHeads(qkv, heads);
    SDVariable q = split[0].mul(1 / Math.sqrt(width / heads));
    SDVariable scores = graph.mmul(q, split[1], false, true, false); // q·kᵀ/√d -> (B, H, N, N)
    SDVariable attended = graph.mmul(graph.nn().softmax(scores, -1), split[2]); // (B, H, N, d)
    return joinHeads(attended);
  }

  /**
   * Softmax attention of the class tokens' queries to all tokens: {@link #attention} of {@code
   * linear(y, weight, bias)}, class rows only.
   *
   * @param y (B·N, D)
   * @param weight (3D, D), of q, k and v one below the other
   * @return (B, D)
   */
  public SDVariable classAttention(SDVariable y, SDVariable weight, SDVariable bias, int heads) {
    if (fused()) {
      return new ClassAttentionOp(graph, y, weight, bias, tokens.count(), heads)
          .outputVariables()[0];
    }
    SDVariable[] split = splitHeads(linear(y, weight, bias), heads);
    SDVariable q =
        split[0]
            .get(SDIndex.all(), SDIndex.all(), SDIndex.interval(0, 1), SDIndex.all())
            .mul(1 / Math.sqrt(width / heads)); // -> (B, H, 1, d)
    SDVariable scores = graph.mmul(q, split[1], false, true, false); // -> (B, H, 1, N)
    return joinHeads(graph.mmul(graph.nn().softmax(scores, -1), split[2])); // -> (B, D)
  }

  /** Guard of linear attention's denominator; φ > 0, so it matters only when every φ underflows. */
  public static final double TINY = 1e-6;

  /**
   * Linear attention with φ(u) = elu(u) + 1: out = φ(q)·(φ(k)ᵀ·v) / (φ(q)·Σ_n φ(k_n) + tiny), no
   * 1/√d (ALGORITHM.md, decoder student).
   *
   * @param qkv (B·N, 3D)
   * @return (B·N, D)
   */
  public SDVariable linearAttention(SDVariable qkv, int heads) {
    SDVariable[] split = splitHeads(qkv, heads);
    SDVariable phiQ = graph.nn().elu(split[0]).add(1.0); // -> (B, H, N, d)
    SDVariable phiK = graph.nn().elu(split[1]).add(1.0);
    SDVariable context = graph.mmul(phiK, split[2], true, false, false); // φ(k)ᵀ·v -> (B, H, d, d)
    SDVariable mass = phiQ.mul(graph.sum(phiK, true, 2)); // -> (B, H, N, d)
    mass = graph.sum(mass, true, 3).add(TINY); // -> (B, H, N, 1)
    return joinHeads(graph.mmul(phiQ, context).div(mass));
  }

  /** (B·N, 3D) → q, k, v, each (B, H, N, d). */
  private SDVariable[] splitHeads(SDVariable qkv, int heads) {
    SDVariable split = graph.reshape(qkv, -1, tokens.count(), 3, heads, width / heads);
    split = graph.permute(split, 2, 0, 3, 1, 4); // -> (3, B, H, N, d)
    return graph.unstack(split, 0, 3); // SameDiff's split has no usable gradient here
  }

  private SDVariable joinHeads(SDVariable attended) {
    return graph.reshape(graph.permute(attended, 0, 2, 1, 3), -1, width);
  }

  /** y = x + γ ⊙ z, or x + z where γ is null; x, z (rows, D), γ (D). */
  public SDVariable residual(SDVariable x, SDVariable z, SDVariable gamma) {
    return x.add(gamma == null ? z : z.mul(gamma));
  }

  /**
   * Inverted dropout: keeps an element with probability 1 − p and scales it by 1/(1 − p). Which
   * elements is a function of (seed, step, image, site, element), in both lowerings.
   *
   * @param x (B·N, columns)
   * @param site number of this dropout in the model
   */
  public SDVariable dropout(SDVariable x, double rate, int site, int columns) {
    if (rate == 0) {
      return x;
    }
    String mask = "dropout_mask_" + site;
    dropoutSites.add(new DropoutSite(mask, site, rate, columns));
    if (fused()) {
      SDVariable state =
          graph.hasVariable(DROPOUT_STATE)
              ? graph.getVariable(DROPOUT_STATE)
              : graph.placeHolder(DROPOUT_STATE, DataType.INT64, 2);
      return new DropoutOp(graph, x, state, tokens.count(), site, rate).outputVariable();
    }
    return x.mul(graph.placeHolder(mask, DataType.FLOAT, -1, columns));
  }

  /** The element-wise mean of equally shaped values. */
  public SDVariable mean(List<SDVariable> values) {
    if (fused()) {
      return new MeanOp(graph, values.toArray(SDVariable[]::new)).outputVariable();
    }
    SDVariable sum = values.get(0);
    for (SDVariable value : values.subList(1, values.size())) {
      sum = sum.add(value);
    }
    return sum.mul(1.0 / values.size());
  }

  /** Class tokens of several states, (B, m, D). */
  public SDVariable classTokens(HiddenStates states) {
    if (fused()) {
      return new ClassTokensOp(graph, tokens.count(), states).outputVariable();
    }
    List<SDVariable> rows = new ArrayList<>();
    states.tokens().forEach(x -> rows.add(classRows(x)));
    rows.addAll(states.classRows());
    return graph.stack(1, rows.toArray(SDVariable[]::new));
  }

  /** The class tokens, the first row of every image: (B·N, D) → (B, D). */
  public SDVariable classRows(SDVariable x) {
    if (fused()) {
      HiddenStates one = new HiddenStates(List.of(x), List.of());
      return graph.reshape(classTokens(one), -1, width);
    }
    return graph
        .reshape(x, -1, tokens.count(), width)
        .get(SDIndex.all(), SDIndex.point(0), SDIndex.all());
  }

  /** Patch tokens without class and register tokens: (B·N, D) → (B, h·w, D), stock ops. */
  public SDVariable patchTokens(SDVariable rows) {
    return graph
        .reshape(rows, -1, tokens.count(), width)
        .get(SDIndex.all(), SDIndex.interval(tokens.prefix(), tokens.count()), SDIndex.all());
  }
}
