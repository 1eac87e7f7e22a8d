package io.github.dyad.distillation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.Plan;
import io.github.dyad.kernel.Workers;
import io.github.dyad.method.MethodModel;
import io.github.dyad.method.StudentScorer;
import io.github.dyad.student.ReverseDistillation;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against PyTorch: {@code src/test/recipes/rd4ad_goldens.py}, which says why the tolerance. */
final class ReverseDistillationGoldenTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens");
  private static final Map<String, HostTensor> GOLDEN =
      Safetensors.read(GOLDENS.resolve("method/rd4ad.safetensors")).tensors();
  private static final Teacher TEACHER = Teacher.open("builtin:dyad-tiny");
  private static final ReverseDistillation STUDENT = new ReverseDistillation(3, 1, 0.5);
  private static final float TOLERANCE = 2e-5f;
  private static final int SIDE = 64;

  /** The recipe's rule for weights. */
  private static float[] made(String name, long... shape) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      int z = i * 0x9E3779B1 + (int) crc.getValue();
      z ^= z >>> 16;
      z *= 0x85EBCA6B;
      z ^= z >>> 13;
      z *= 0xC2B2AE35;
      z ^= z >>> 16;
      double u = Integer.toUnsignedLong(z) / 0x1p31 - 1;
      values[i] =
          (float)
              (name.endsWith(".bias")
                  ? 0.1 * u
                  : name.contains("norm") ? 1 + 0.2 * u : u * Math.sqrt(3.0 / shape[1]));
    }
    return values;
  }

  private static StudentGraph graph(Lowering lowering, StudentGraph.Values values) {
    return StudentGraph.build(TEACHER, STUDENT, PositionRule.GRAPH, SIDE, lowering, values);
  }

  private static float[] image() throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(GOLDENS.resolve("teacher/dyad_tiny.1x64x64.in.f32")));
    float[] image = new float[bytes.remaining() / Float.BYTES];
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(image);
    return image;
  }

  @ParameterizedTest
  @EnumSource(Lowering.class)
  void distances_and_loss_equal_pytorch(Lowering lowering) throws IOException {
    StudentGraph graph = graph(lowering, ReverseDistillationGoldenTest::made);
    List<String> outputs = new ArrayList<>(List.of(graph.loss().name()));
    graph.distances().forEach(distance -> outputs.add(distance.name()));
    float[] image = image();
    try (Workers workers = new Workers(1);
        Plan plan =
            Plan.compile(
                graph.layers(),
                graph.layers().graph(),
                Map.of(StudentGraph.IMAGE, new long[] {1, 3, SIDE, SIDE}),
                outputs,
                workers)) {
      Plan.floats(plan.input(StudentGraph.IMAGE)).copyFrom(image, 0, 0, image.length);
      plan.run();
      assertEquals(
          GOLDEN.get("loss").values()[0],
          Plan.floats(plan.output(outputs.get(0))).get(0),
          TOLERANCE);
      float[] expected = GOLDEN.get("distances").values();
      int patches = expected.length / 3;
      for (int stage = 0; stage < 3; stage++) {
        assertArrayEquals(
            Arrays.copyOfRange(expected, stage * patches, (stage + 1) * patches),
            Plan.floats(plan.output(outputs.get(1 + stage))).toArray(),
            TOLERANCE,
            "stage " + stage);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Lowering.class)
  void score_and_map_equal_pytorch(Lowering lowering) throws IOException {
    Map<String, HostTensor> weights = new TreeMap<>();
    graph(
        lowering,
        (name, shape) -> {
          float[] values = made(name, shape);
          weights.put(name, new HostTensor(values, shape));
          return values;
        });
    MethodModel model =
        new MethodModel(
            new MethodModel.Description(
                MethodModel.Description.FORMAT,
                STUDENT.name(),
                new JsonMapper().createObjectNode(),
                "builtin:dyad-tiny",
                TEACHER.weights().sha256(),
                SIDE,
                SIDE,
                PositionRule.GRAPH,
                List.of(),
                false,
                lowering,
                1),
            STUDENT,
            weights);
    try (Workers workers = new Workers(1);
        StudentScorer scorer =
            new StudentScorer(TEACHER, model, STUDENT, AnomalyConfig.DEFAULTS, workers)) {
      AnomalyScorer.Result result = scorer.score(image());
      assertEquals(GOLDEN.get("score").values()[0], result.raw().method(), TOLERANCE);
      float[] expected = GOLDEN.get("map_pixels").values();
      for (int i = 0; i < expected.length; i++) {
        assertEquals(
            expected[i], result.map()[i / 32 * 8 * 256 + i % 32 * 8], TOLERANCE, "pixel " + i);
      }
    }
  }
}
