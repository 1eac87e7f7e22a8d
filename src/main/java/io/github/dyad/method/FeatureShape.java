package io.github.dyad.method;

import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.graph.TokenGrid;
import java.util.Arrays;

/**
 * Sizes of an image's features.
 *
 * @param classTokens m = K + 1, after every block and after the final norm
 * @param tokens where class, register and patch tokens stand in the groups
 * @param width D
 */
public record FeatureShape(int classTokens, TokenGrid tokens, int width) {

  /** c^m of an image, after the final norm: (D), a copy. */
  public float[] lastClassToken(ImageFeatures image) {
    return Arrays.copyOfRange(image.classTokens(), (classTokens - 1) * width, classTokens * width);
  }
}
