package io.github.dyad.student;

import io.github.dyad.InputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The teacher's blocks that the decoder student reconstructs, in two equal groups.
 *
 * @param first group 1, 0-based block indices, compared with the last decoder blocks
 * @param second group 2, compared with the first decoder blocks
 */
public record TappedLayers(List<Integer> first, List<Integer> second) {
  private static final int MOST = 8;

  public TappedLayers {
    first = List.copyOf(first);
    second = List.copyOf(second);
  }

  /**
   * The middle eight of twelve blocks, scaled to another depth: round(K·2/12) … round(K·10/12) − 1,
   * at most 8 of them, evenly spaced (ALGORITHM.md, teacher). K = 12: 2…9; K = 24: 4, 6, …, 18.
   */
  public static TappedLayers middle(int depth) {
    int from = (int) Math.round(depth * 2 / 12.0);
    int to = (int) Math.round(depth * 10 / 12.0) - 1;
    int available = to - from + 1;
    if (available < 2) {
      throw new InputException(
          "a teacher of " + depth + " blocks is too shallow for two groups of middle layers");
    }
    int count = Math.min(MOST, available - available % 2);
    List<Integer> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      layers.add(from + i * available / count);
    }
    return ofTwoHalves(layers, depth);
  }

  /** The configured layers, or {@link #middle} where none are. */
  public static TappedLayers of(DecoderStudentConfig config, int depth) {
    List<Integer> layers = config.tappedLayers();
    return layers.isEmpty() ? middle(depth) : ofTwoHalves(layers, depth);
  }

  private static TappedLayers ofTwoHalves(List<Integer> layers, int depth) {
    for (int layer : layers) {
      if (layer < 0 || layer >= depth) {
        throw new InputException(
            "decoderStudent.tappedLayers names block "
                + layer
                + "; the teacher's blocks are 0 to "
                + (depth - 1));
      }
    }
    int half = layers.size() / 2;
    return new TappedLayers(layers.subList(0, half), layers.subList(half, layers.size()));
  }

  /** How many blocks, from the first on, it takes to reach all of them. */
  public int wholeBlocks() {
    return 1 + Math.max(Collections.max(first), Collections.max(second));
  }
}
