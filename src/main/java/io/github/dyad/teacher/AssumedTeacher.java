package io.github.dyad.teacher;

import io.github.dyad.graph.Activation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A teacher of the shape that a file's name says, with weights that mean nothing: what a plan
 * measures with where the file is not there. DINOv2's shapes; four registers if the name has "reg".
 */
public final class AssumedTeacher {
  private static final int PATCH = 14;
  private static final int GRID = 37;
  private static final double EPSILON = 1e-6;

  /**
   * DINOv2's models whose MLP is plain.
   *
   * @param name as files are named; {@code vits} is the other way
   */
  private record Shape(String name, String other, int depth, int width, int heads) {}

  private static final List<Shape> SHAPES =
      List.of(
          new Shape("small", "vits", 12, 384, 6),
          new Shape("base", "vitb", 12, 768, 12),
          new Shape("large", "vitl", 24, 1024, 16));

  private AssumedTeacher() {}

  /** Empty where the name tells no shape. */
  public static Optional<TeacherWeights> of(String file) {
    String name = file.toLowerCase(Locale.ROOT).replaceAll(".*[/\\\\]", "").replace("-", "");
    return SHAPES.stream()
        .filter(shape -> name.contains(shape.name) || name.contains(shape.other))
        .findFirst()
        .map(shape -> weights(file, shape, name.contains("reg") ? 4 : 0));
  }

  private static TeacherWeights weights(String file, Shape shape, int registers) {
    int D = shape.width;
    List<BlockWeights> blocks = new ArrayList<>();
    for (int i = 0; i < shape.depth; i++) {
      blocks.add(block(D));
    }
    long perBlock = 12L * D * D + 15L * D;
    long parameters =
        shape.depth * perBlock + 3L * PATCH * PATCH * D + (GRID * GRID + registers + 4L) * D;
    return new TeacherWeights(
        file,
        shape.depth,
        D,
        shape.heads,
        PATCH,
        registers,
        GRID,
        GRID,
        EPSILON,
        Activation.GELU,
        random(3 * PATCH * PATCH * D),
        new float[D],
        random((1 + registers) * D),
        new PositionGrid(random(GRID * GRID * D), GRID, GRID, PositionGrid.Resampling.FOLDED, 0),
        blocks,
        filled(D, 1),
        new float[D],
        parameters,
        0,
        "assumed");
  }

  private static BlockWeights block(int D) {
    int hidden = 4 * D;
    return new BlockWeights(
        filled(D, 1),
        new float[D],
        random(3 * D * D),
        new float[3 * D],
        random(D * D),
        new float[D],
        filled(D, 1),
        filled(D, 1),
        new float[D],
        random(hidden * D),
        new float[hidden],
        random(D * hidden),
        new float[D],
        filled(D, 1));
  }

  private static float[] filled(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }

  /** σ 0.02, as a trained model's are about. */
  private static float[] random(int count) {
    SplittableRandom random = new SplittableRandom(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (0.035 * (2 * random.nextDouble() - 1));
    }
    return values;
  }
}
