package io.github.dyad.student;

import io.github.dyad.InputException;
import io.github.dyad.Require;
import io.github.dyad.graph.Activation;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.TransformerBlock;
import io.github.dyad.graph.TransformerBlock.Attention;
import io.github.dyad.graph.VisionTransformer;
import io.github.dyad.graph.Weights;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Reverse distillation in the manner of RD4AD (Deng, Li, CVPR 2022): from the teacher's last layer
 * through a narrow embedding back to earlier layers, the deepest first.
 *
 * <pre>
 * φ = W₂ GELU(W₁ LN(f_T^K)),  W₁: D → compactWidth·D
 * f_S^n = block(φ),  f_S^(k) = block(f_S^(k+1));  layer by layer f_S^k is compared with f_T^k
 * L = Σ_k mean_(h,w) [ 1 − cos( f_T^k(h,w), f_S^k(h,w) ) ]
 * </pre>
 *
 * Departs from the source where a transformer has no pyramid: the embedding reads the last layer
 * alone and is narrow in channels, not in space; stages are blocks of softmax attention; the map is
 * the mean over k, not the sum; optimizer and schedule are the trial's.
 *
 * @param stages layers that are reconstructed, evenly spaced before the last (the source: 3)
 * @param blocksPerStage of the decoder
 * @param compactWidth width of the embedding as a share of D
 */
public record ReverseDistillation(int stages, int blocksPerStage, double compactWidth)
    implements Student {
  private static final int MLP_RATIO = 4;
  private static final double EPSILON = 1e-6;

  public ReverseDistillation() {
    this(3, 1, 0.5);
  }

  public ReverseDistillation {
    Require.atLeast("options.rd4ad.stages", stages, 1);
    Require.atLeast("options.rd4ad.blocksPerStage", blocksPerStage, 1);
    Require.closed("options.rd4ad.compactWidth", compactWidth, 1e-3, 4);
  }

  @Override
  public String name() {
    return "rd4ad";
  }

  /** Indices of the reconstructed blocks' outputs, from 0, the deepest first. */
  List<Integer> targets(int depth) {
    if (stages >= depth) {
      throw new InputException(
          "options.rd4ad.stages is " + stages + "; expected less than the teacher's " + depth);
    }
    List<Integer> targets = new ArrayList<>();
    for (int k = stages; k >= 1; k--) {
      targets.add((int) Math.round((double) k * depth / (stages + 1)) - 1);
    }
    return targets;
  }

  @Override
  public List<TokenPair> apply(
      Layers layers, VisionTransformer teacher, List<SDVariable> hidden, Weights weights) {
    Weights own = weights.under("rd4ad.");
    int D = teacher.width();
    int narrow = Math.max(1, (int) Math.round(compactWidth * D));
    SDVariable x = hidden.get(teacher.depth() - 1); // f_T^K, before the final norm
    x = layers.layerNorm(x, own.get("norm.weight", D), own.get("norm.bias", D), EPSILON);
    x = layers.gelu(TransformerBlock.linear(layers, x, own, "compact.fc1.", narrow, D));
    x = TransformerBlock.linear(layers, x, own, "compact.fc2.", D, narrow); // φ, (B·N, D)
    TransformerBlock block =
        new TransformerBlock(
            D, MLP_RATIO * D, teacher.heads(), Attention.SOFTMAX, Activation.GELU, false, EPSILON);
    List<TokenPair> pairs = new ArrayList<>();
    int number = 0;
    for (int target : targets(teacher.depth())) {
      for (int i = 0; i < blocksPerStage; i++) {
        x = block.apply(layers, x, own.under("blocks." + number++ + "."));
      }
      pairs.add(new TokenPair(hidden.get(target), x));
    }
    return pairs;
  }
}
