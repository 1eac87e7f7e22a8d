package mine;

import io.github.dyad.Require;
import io.github.dyad.graph.Activation;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.TransformerBlock;
import io.github.dyad.graph.TransformerBlock.Attention;
import io.github.dyad.graph.VisionTransformer;
import io.github.dyad.graph.Weights;
import io.github.dyad.student.Student;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/** Predicts a block's output from the output of one before it. */
public record OneBlock(int from) implements Student {
  public OneBlock() {
    this(0);
  }

  public OneBlock {
    Require.atLeast("options.one-block.from", from, 0);
  }

  @Override
  public String name() {
    return "one-block";
  }

  @Override
  public List<TokenPair> apply(
      Layers layers, VisionTransformer teacher, List<SDVariable> hidden, Weights weights) {
    int D = teacher.width();
    TransformerBlock block =
        new TransformerBlock(
            D, 4 * D, teacher.heads(), Attention.SOFTMAX, Activation.GELU, false, 1e-6);
    SDVariable predicted = block.apply(layers, hidden.get(from), weights.under("one."));
    return List.of(new TokenPair(hidden.get(from + 2), predicted));
  }
}
