package io.github.dyad.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dyad.kernel.Workers;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class VisionTransformerTest {
  private static final TokenGrid GRID = new TokenGrid(2, 3, 4);
  private static final int IMAGES = 3;
  private static final int WIDTH = 32;

  /** A layer norm's tokens are of size 1; 2e-5 is some 300 roundings, after 36 sums of products. */
  @ParameterizedTest
  @EnumSource(Lowering.class)
  void class_tokens_alone_equal_those_of_whole_states(Lowering lowering) {
    for (Activation activation : Activation.values()) {
      VisionTransformer transformer =
          new VisionTransformer(3, WIDTH, 4, 48, activation, activation == Activation.GELU, 1e-6);
      float[] whole = classTokens(transformer, transformer.depth(), lowering);
      float[] alone = classTokens(transformer, 0, lowering);
      assertEquals(IMAGES * transformer.classTokens() * WIDTH, alone.length);
      assertArrayEquals(whole, alone, 2e-5f, activation + ", " + lowering);
    }
  }

  private static float[] classTokens(
      VisionTransformer transformer, int wholeBlocks, Lowering lowering) {
    SameDiff graph = SameDiff.create();
    Layers layers = new Layers(graph, lowering, GRID, WIDTH);
    Weights weights =
        (name, shape) ->
            graph.hasVariable(name)
                ? graph.getVariable(name)
                : graph.constant(name, Nd4j.createFromArray(values(name, shape)).reshape(shape));
    SDVariable tokens = graph.placeHolder("tokens", DataType.FLOAT, -1, WIDTH);
    HiddenStates states = transformer.apply(layers, tokens, wholeBlocks, weights);
    String name = layers.classTokens(states).name();
    long[] shape = {(long) IMAGES * GRID.count(), WIDTH};
    try (Workers workers = new Workers(2);
        Plan plan = Plan.compile(layers, graph, Map.of("tokens", shape), List.of(name), workers)) {
      float[] input = values("tokens", shape);
      Plan.floats(plan.input("tokens")).copyFrom(input, 0, 0, input.length);
      plan.run();
      return Plan.floats(plan.output(name)).toArray();
    }
  }

  /** N(0, 1/columns), the same for a name. */
  private static float[] values(String name, long... shape) {
    Random random = new Random(name.hashCode());
    float[] values = new float[(int) java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    double deviation = name.equals("tokens") ? 1 : 1 / Math.sqrt(shape[shape.length - 1]);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }
}
