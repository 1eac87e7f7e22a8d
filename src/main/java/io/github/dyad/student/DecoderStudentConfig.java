package io.github.dyad.student;

import io.github.dyad.InputException;
import io.github.dyad.Require;
import java.util.List;

/**
 * The decoder student's free choices (ALGORITHM.md, decoder student; defaults: Dinomaly's).
 *
 * @param depth blocks; even, as the outputs form two equal groups
 * @param dropout drop rate p of the noisy bottleneck; 0.4 for Real-IAD
 * @param tappedLayers the teacher's blocks (0-based) whose patch tokens are reconstructed; empty:
 *     the middle ones by {@link TappedLayers#middle}
 * @param initStd σ of the truncated normal of the linear weights
 * @param initBound the normal is cut at ±initBound
 */
public record DecoderStudentConfig(
    int depth, double dropout, List<Integer> tappedLayers, double initStd, double initBound) {

  public static final DecoderStudentConfig DEFAULTS =
      new DecoderStudentConfig(8, 0.2, List.of(), 0.01, 0.03);

  public DecoderStudentConfig {
    Require.atLeast("decoderStudent.depth", depth, 2);
    if (depth % 2 != 0) {
      throw new InputException("decoderStudent.depth is " + depth + "; expected an even number");
    }
    Require.halfOpen("decoderStudent.dropout", dropout, 0, 1);
    tappedLayers = List.copyOf(tappedLayers);
    if (tappedLayers.size() % 2 != 0) {
      throw new InputException(
          "decoderStudent.tappedLayers is " + tappedLayers + "; expected two equal groups");
    }
    Require.positive("decoderStudent.initStd", initStd);
    Require.positive("decoderStudent.initBound", initBound);
  }
}
