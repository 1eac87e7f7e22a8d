package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code dyad teacher --dump} against ONNX Runtime on the same file and input: {@code mvn -Pbench
 * test -Dtest=OnnxRuntimeTest -Ddyad.onnx=FILE -Ddyad.onnx.side=224}.
 */
@Tag("bench")
class OnnxRuntimeTest {
  /** Of the largest value: twelve blocks of single-precision sums in another order. */
  private static final double TOLERANCE = 1e-5;

  @TempDir Path folder;

  @Test
  void the_built_in_teacher_ends_where_onnx_runtime_does() throws Exception {
    Path file = folder.resolve("dyad-tiny.onnx");
    try (InputStream in = getClass().getResourceAsStream("/teacher/dyad-tiny.onnx")) {
      Files.write(file, in.readAllBytes());
    }
    compare(file, 64);
  }

  @Test
  @EnabledIfSystemProperty(named = "dyad.onnx", matches = ".+")
  void the_given_file_ends_where_onnx_runtime_does() throws Exception {
    compare(Path.of(System.getProperty("dyad.onnx")), Integer.getInteger("dyad.onnx.side", 224));
  }

  private void compare(Path file, int side) throws Exception {
    float[] pixels = new float[2 * 3 * side * side];
    Random random = new Random(7);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    float[] expected = onnxRuntime(file, pixels, new long[] {2, 3, side, side});
    float[] states = dyad(file, pixels, "2x3x" + side + "x" + side);
    int start = states.length - expected.length;
    double off = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      off = Math.max(off, Math.abs(expected[i] - states[start + i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    double relative = off / largest;
    System.out.printf(
        "%s: off by %.2e of the largest value, %.3f%n", file.getFileName(), relative, largest);
    assertTrue(relative <= TOLERANCE, () -> file + ": off by " + relative);
  }

  private static float[] onnxRuntime(Path file, float[] pixels, long[] shape) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor input =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(pixels), shape)) {
      String name = session.getInputNames().iterator().next();
      try (OrtSession.Result result =
          session.run(Map.<String, OnnxTensorLike>of(name, input))) {
        FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
      }
    }
  }

  private float[] dyad(Path file, float[] pixels, String shape) throws Exception {
    Path in = folder.resolve("in.f32");
    Path out = folder.resolve("out.f32");
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * pixels.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(pixels);
    Files.write(in, bytes.array());
    int code =
        Main.run(
            System.out,
            new PrintStream(System.err, true),
            "teacher",
            file.toString(),
            "--in",
            in.toString(),
            "--shape",
            shape,
            "--dump",
            out.toString());
    assertEquals(Main.DONE, code);
    FloatBuffer floats =
        ByteBuffer.wrap(Files.readAllBytes(out)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[floats.remaining()];
    floats.get(values);
    return values;
  }
}
