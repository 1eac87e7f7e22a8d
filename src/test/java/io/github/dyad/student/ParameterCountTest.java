package io.github.dyad.student;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dyad.graph.Activation;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.TokenGrid;
import io.github.dyad.graph.VisionTransformer;
import io.github.dyad.graph.Weights;
import io.github.dyad.tensor.HostTensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class ParameterCountTest {
  private static final int PATCH = 14;
  private static final TokenGrid CHECKPOINT_GRID = new TokenGrid(4, 37, 37); // 518 px

  /** Teacher included, the paper prints 58.7 M for ViT-S and 233.1 M for ViT-B (Tab. 5). */
  @ParameterizedTest
  @CsvSource({"384, 6, 58.7", "768, 12, 233.1"})
  void teacher_and_students_have_the_papers_parameters(int width, int heads, double millions) {
    VisionTransformer teacher =
        new VisionTransformer(12, width, heads, 4 * width, Activation.GELU, true, 1e-6);
    SameDiff graph = SameDiff.create();
    Layers layers = new Layers(graph, Lowering.COMPOSED, new TokenGrid(4, 2, 2), width);
    long[] count = {0};
    Weights counting =
        (name, shape) -> {
          if (!graph.hasVariable(name)) {
            count[0] += HostTensor.count(shape);
            graph.placeHolder(name, DataType.FLOAT, shape); // a name is enough
          }
          return graph.getVariable(name);
        };
    SDVariable tokens = graph.constant("tokens", Nd4j.zeros(DataType.FLOAT, 9, width));
    teacher.apply(layers, tokens, 12, counting.under("teacher."));
    EncoderStudent.of(teacher, EncoderStudentConfig.DEFAULTS)
        .apply(layers, tokens, false, counting);
    DecoderStudent.of(teacher, DecoderStudentConfig.DEFAULTS)
        .apply(layers, tokens, tokens, false, counting);
    long embedding =
        3L * PATCH * PATCH * width // patches
            + width // their bias
            + (1L + CHECKPOINT_GRID.registers()) * width // class token and registers
            + (1L + CHECKPOINT_GRID.patches()) * width; // positions
    assertEquals(millions, Math.round((count[0] + embedding) / 1e5) / 10.0, 0.0);
  }
}
