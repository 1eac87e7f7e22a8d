package io.github.dyad.bench;

import io.github.dyad.InputException;
import io.github.dyad.graph.Activation;
import io.github.dyad.teacher.BlockWeights;
import io.github.dyad.teacher.OnnxTeacher;
import io.github.dyad.teacher.PositionGrid;
import io.github.dyad.teacher.TeacherWeights;
import java.util.ArrayList;
import java.util.List;

/**
 * Sizes of a model and its batch.
 *
 * @param side image side in pixels
 * @param patch p
 * @param width D
 * @param depth K
 * @param heads H
 * @param registers R
 * @param stepBatch images of a training step
 * @param forwardBatch images of a teacher's forward pass
 */
record Shape(
    String name,
    int side,
    int patch,
    int width,
    int depth,
    int heads,
    int registers,
    int stepBatch,
    int forwardBatch) {
  /** Its teacher is the repository's own. */
  private static final String EMBEDDED = "embedded";

  /** 64 + 5 tokens; 8×8 patches of the repository's teacher; ViT-S at 112 and at 392 pixels. */
  static final List<Shape> ALL =
      List.of(
          new Shape("tiny", 32, 4, 192, 6, 3, 4, 64, 64),
          new Shape(EMBEDDED, 64, 8, 128, 12, 2, 4, 8, 8),
          new Shape("small", 112, 14, 384, 12, 6, 4, 8, 8),
          new Shape("paper", 392, 14, 384, 12, 6, 4, 2, 1));

  private static final double NORM_EPSILON = 1e-6;
  private static final int MLP_RATIO = 4;

  static Shape named(String name) {
    return ALL.stream()
        .filter(shape -> shape.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "--shapes has \""
                        + name
                        + "\"; expected "
                        + String.join(", ", ALL.stream().map(Shape::name).toList())));
  }

  int grid() {
    return side / patch;
  }

  /** N, all tokens of an image. */
  int tokens() {
    return 1 + registers + grid() * grid();
  }

  Shape withSide(int other) {
    return new Shape(name, other, patch, width, depth, heads, registers, stepBatch, forwardBatch);
  }

  Shape withDepth(int other) {
    return new Shape(name, side, patch, width, other, heads, registers, stepBatch, forwardBatch);
  }

  Shape withBatch(int other) {
    return new Shape(name, side, patch, width, depth, heads, registers, other, other);
  }

  /** Whether its teacher has random weights. */
  boolean isRandom() {
    return !name.equals(EMBEDDED);
  }

  /** The repository's teacher, or one of this shape with random weights. */
  TeacherWeights teacher() {
    if (!isRandom()) {
      return OnnxTeacher.open(OnnxTeacher.DYAD_TINY);
    }
    int D = width;
    int hidden = MLP_RATIO * D;
    List<BlockWeights> blocks = new ArrayList<>();
    for (int i = 0; i < depth; i++) {
      blocks.add(block("teacher.blocks." + i + ".", D, hidden));
    }
    float[] patches = RandomValues.of("teacher.embed.patch.weight", D, 3L * patch * patch);
    float[] positions = RandomValues.of("teacher.embed.position", (long) grid() * grid(), D);
    return new TeacherWeights(
        name,
        depth,
        D,
        heads,
        patch,
        registers,
        grid(),
        grid(),
        NORM_EPSILON,
        Activation.GELU,
        patches,
        RandomValues.of("teacher.embed.patch.bias", D),
        RandomValues.of("teacher.embed.prefix", 1L + registers, D),
        new PositionGrid(positions, grid(), grid(), PositionGrid.Resampling.FOLDED, 0),
        blocks,
        RandomValues.of("teacher.norm.weight", D),
        RandomValues.of("teacher.norm.bias", D),
        0,
        0,
        "random");
  }

  private static BlockWeights block(String at, int D, int hidden) {
    return new BlockWeights(
        RandomValues.of(at + "norm1.weight", D),
        RandomValues.of(at + "norm1.bias", D),
        RandomValues.of(at + "attn.qkv.weight", 3L * D, D),
        RandomValues.of(at + "attn.qkv.bias", 3L * D),
        RandomValues.of(at + "attn.proj.weight", D, D),
        RandomValues.of(at + "attn.proj.bias", D),
        RandomValues.of(at + "ls1.gamma", D),
        RandomValues.of(at + "norm2.weight", D),
        RandomValues.of(at + "norm2.bias", D),
        RandomValues.of(at + "mlp.fc1.weight", hidden, D),
        RandomValues.of(at + "mlp.fc1.bias", hidden),
        RandomValues.of(at + "mlp.fc2.weight", D, hidden),
        RandomValues.of(at + "mlp.fc2.bias", D),
        RandomValues.of(at + "ls2.gamma", D));
  }
}
