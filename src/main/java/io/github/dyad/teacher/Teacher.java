package io.github.dyad.teacher;

import io.github.dyad.InputException;
import io.github.dyad.graph.HiddenStates;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.TokenGrid;
import io.github.dyad.graph.VisionTransformer;
import io.github.dyad.graph.Weights;
import io.github.dyad.kernel.OpenBlas;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The frozen teacher T as SameDiff constants: token embedding, blocks, final norm. All graphs that
 * a teacher is added to share its arrays.
 *
 * <pre>{@code
 * Teacher teacher = Teacher.open("builtin:dyad-tiny"); // or an .onnx file
 * TokenGrid grid = teacher.grid(64, 64);
 * System.out.println(teacher.weights().depth() + " blocks, " + grid.patches() + " patches");
 * }</pre>
 */
public final class Teacher {
  /** Constant names start with this. */
  public static final String NAME = "teacher.";

  static {
    OpenBlas.load(); // a teacher comes before whatever else calls ND4J
  }

  private final TeacherWeights weights;
  private final Map<String, INDArray> arrays = new LinkedHashMap<>();
  private final Map<List<Object>, INDArray> positions = new HashMap<>();

  /**
   * Reads an ONNX file, or a built-in teacher.
   *
   * @throws InputException as {@link OnnxTeacher#open}
   */
  public static Teacher open(String nameOrPath) {
    return new Teacher(OnnxTeacher.open(nameOrPath));
  }

  public Teacher(TeacherWeights weights) {
    this.weights = weights;
    int D = weights.width();
    put("embed.patch.weight", weights.patchWeight(), D, weights.patchWeight().length / D);
    put("embed.patch.bias", weights.patchBias(), D);
    put("embed.prefix", weights.prefixTokens(), 1 + weights.registers(), D);
    for (int i = 0; i < weights.depth(); i++) {
      BlockWeights block = weights.blocks().get(i);
      String name = "blocks." + i + ".";
      int hidden = block.hidden();
      put(name + "norm1.weight", block.norm1Weight(), D);
      put(name + "norm1.bias", block.norm1Bias(), D);
      put(name + "attn.qkv.weight", block.qkvWeight(), 3 * D, D);
      put(name + "attn.qkv.bias", block.qkvBias(), 3 * D);
      put(name + "attn.proj.weight", block.projWeight(), D, D);
      put(name + "attn.proj.bias", block.projBias(), D);
      put(name + "norm2.weight", block.norm2Weight(), D);
      put(name + "norm2.bias", block.norm2Bias(), D);
      put(name + "mlp.fc1.weight", block.fc1Weight(), block.fc1Bias().length, D);
      put(name + "mlp.fc1.bias", block.fc1Bias(), block.fc1Bias().length);
      put(name + "mlp.fc2.weight", block.fc2Weight(), D, hidden);
      put(name + "mlp.fc2.bias", block.fc2Bias(), D);
      if (weights.hasLayerScale()) {
        put(name + "ls1.gamma", block.layerScale1(), D);
        put(name + "ls2.gamma", block.layerScale2(), D);
      }
    }
    put("norm.weight", weights.normWeight(), D);
    put("norm.bias", weights.normBias(), D);
  }

  private void put(String name, float[] values, long... shape) {
    arrays.put(name, Nd4j.createFromArray(values).reshape('c', shape));
  }

  public TeacherWeights weights() {
    return weights;
  }

  /** The shape that the encoder student takes over. */
  public VisionTransformer transformer() {
    return new VisionTransformer(
        weights.depth(),
        weights.width(),
        weights.heads(),
        weights.blocks().get(0).hidden(),
        weights.activation(),
        weights.hasLayerScale(),
        weights.layerNormEpsilon());
  }

  /**
   * The tokens of an image of that many pixels.
   *
   * @throws InputException if a side is no multiple of the patch
   */
  public TokenGrid grid(int height, int width) {
    int p = weights.patchSize();
    if (height < p || width < p || height % p != 0 || width % p != 0) {
      throw new InputException(
          "images of "
              + height
              + "x"
              + width
              + " pixels do not fit "
              + weights.name()
              + ", whose patches are "
              + p
              + "x"
              + p
              + "; expected a multiple of "
              + p);
    }
    return new TokenGrid(weights.registers(), height / p, width / p);
  }

  /** The teacher's token embedding of (B, 3, H, W) images, ImageNet-normalised: (B·N, D). */
  public SDVariable embed(Layers layers, SDVariable image, PositionRule rule) {
    SameDiff graph = layers.graph();
    TokenGrid grid = layers.tokens();
    INDArray position =
        positions.computeIfAbsent(
            List.of(grid.gridHeight(), grid.gridWidth(), rule),
            key ->
                Nd4j.createFromArray(weights.positions(grid.gridHeight(), grid.gridWidth(), rule))
                    .reshape('c', grid.patches(), weights.width()));
    Weights constants = constants(graph);
    int D = weights.width();
    int p = weights.patchSize();
    return layers.embed(
        image,
        p,
        constants.get("embed.patch.weight", D, 3L * p * p),
        constants.get("embed.patch.bias", D),
        constants.get("embed.prefix", grid.prefix(), D),
        graph.constant(NAME + "embed.position", position));
  }

  /**
   * Raw residual stream after every block, then the final norm's output: K + 1 times (B·N, D).
   *
   * @param tokens what {@link #embed} gave
   */
  public List<SDVariable> hiddenStates(Layers layers, SDVariable tokens) {
    return hiddenStates(layers, tokens, weights.depth()).tokens();
  }

  /** The same where class tokens are enough after the first {@code wholeBlocks}. */
  public HiddenStates hiddenStates(Layers layers, SDVariable tokens, int wholeBlocks) {
    return transformer().apply(layers, tokens, wholeBlocks, constants(layers.graph()));
  }

  private Weights constants(SameDiff graph) {
    return (name, shape) -> graph.constant(NAME + name, arrays.get(name));
  }
}
