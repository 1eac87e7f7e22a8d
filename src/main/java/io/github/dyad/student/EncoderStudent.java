package io.github.dyad.student;

import io.github.dyad.graph.HiddenStates;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.VisionTransformer;
import io.github.dyad.graph.Weights;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The encoder student S_E (paper, 3.3): the teacher's blocks and final norm, trained from scratch
 * to follow the teacher's class tokens.
 *
 * @param transformer the teacher's shape, with the LayerScale that the student is given
 */
public record EncoderStudent(VisionTransformer transformer) {
  /** Weight names start with this. */
  public static final String NAME = "encoder_student.";

  public static EncoderStudent of(VisionTransformer teacher, EncoderStudentConfig config) {
    return new EncoderStudent(teacher.withLayerScale(config.layerScale() > 0));
  }

  /**
   * @param tokens (B·N, D), the token embedding that the student reads
   * @param allTokens whether patch tokens are followed too
   * @return the student's tokens after every block and after the final norm
   */
  public HiddenStates apply(Layers layers, SDVariable tokens, boolean allTokens, Weights weights) {
    int wholeBlocks = allTokens ? transformer.depth() : 0;
    return transformer.apply(layers, tokens, wholeBlocks, weights.under(NAME));
  }

  /** The student's own trainable token embedding (option {@code input: own-embedding}). */
  public static SDVariable ownEmbedding(
      Layers layers, SDVariable image, int patch, Weights weights) {
    Weights embed = weights.under(NAME + "embed.");
    int D = layers.width();
    return layers.embed(
        image,
        patch,
        embed.get("patch.weight", D, 3L * patch * patch),
        embed.get("patch.bias", D),
        embed.get("prefix", layers.tokens().prefix(), D),
        embed.get("position", layers.tokens().patches(), D));
  }
}
