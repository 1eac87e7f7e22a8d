package io.github.dyad.cli;

import io.github.dyad.InputException;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.Plan;
import io.github.dyad.graph.TokenGrid;
import io.github.dyad.kernel.Workers;
import io.github.dyad.teacher.OnnxTeacher;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.teacher.TeacherWeights;
import io.github.dyad.tensor.HostTensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dyad teacher}: what an ONNX file holds, and what it computes. */
@Command(
    name = "teacher",
    description = {
      "Prints what an ONNX file holds. With --in, --shape and --dump runs one input and writes the"
          + " embedding output, every block's output and the final norm's (float32, little-endian,"
          + " in that order)."
    },
    mixinStandardHelpOptions = true)
final class TeacherCommand implements Callable<Integer> {
  private static final String IMAGE = "image";

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(paramLabel = "FILE", description = "An ONNX file, or builtin:dyad-tiny.")
  private String file;

  @Option(names = "--in", paramLabel = "X.f32", description = "Input, float32 little-endian.")
  private Path in;

  @Option(names = "--shape", paramLabel = "BxCxHxW", description = "Shape of the input.")
  private String shape;

  @Option(names = "--dump", paramLabel = "Y.f32", description = "Where hidden states go.")
  private Path dump;

  @Option(
      names = "--position",
      description = "Resampling of position embeddings: graph or dinomaly (default: graph).")
  private PositionRule position = PositionRule.GRAPH;

  @Option(names = "--lowering", description = "fused or composed operations (default: fused).")
  private Lowering lowering = Lowering.FUSED;

  @Override
  public Integer call() {
    int given = (in == null ? 0 : 1) + (shape == null ? 0 : 1) + (dump == null ? 0 : 1);
    if (given != 0 && given != 3) {
      throw new ParameterException(
          spec.commandLine(), "--in, --shape and --dump go together; give all three or none");
    }
    TeacherWeights weights = OnnxTeacher.open(file);
    if (given == 0) {
      weights.describe().forEach(spec.commandLine().getOut()::println);
      return Main.DONE;
    }
    Machine.check();
    run(weights);
    return Main.DONE;
  }

  private void run(TeacherWeights weights) {
    long[] size = size();
    float[] pixels = read(size);
    Teacher teacher = new Teacher(weights);
    TokenGrid grid = teacher.grid((int) size[2], (int) size[3]);
    SameDiff graph = SameDiff.create();
    Layers layers = new Layers(graph, lowering, grid, weights.width());
    SDVariable image = graph.placeHolder(IMAGE, DataType.FLOAT, -1, 3, size[2], size[3]);
    List<SDVariable> states = new ArrayList<>();
    states.add(teacher.embed(layers, image, position));
    states.addAll(teacher.hiddenStates(layers, states.get(0)));
    List<String> names = states.stream().map(SDVariable::name).toList();
    try (Workers workers = new Workers(common.workers())) {
      Plan plan = Plan.compile(layers, graph, Map.of(IMAGE, size), names, workers);
      Plan.floats(plan.input(IMAGE)).copyFrom(pixels, 0, 0, pixels.length);
      plan.run();
      write(plan, names);
    }
  }

  private long[] size() {
    String[] parts = shape.split("x", -1);
    long[] size = new long[parts.length];
    try {
      for (int i = 0; i < size.length; i++) {
        size[i] = Integer.parseInt(parts[i]);
      }
    } catch (NumberFormatException e) {
      size = new long[0];
    }
    if (size.length != 4 || size[0] < 1 || size[1] != 3 || size[2] < 1 || size[3] < 1) {
      throw new InputException("--shape is " + shape + "; expected Bx3xHxW, such as 1x3x224x224");
    }
    return size;
  }

  private float[] read(long[] size) {
    long count = HostTensor.count(size);
    try {
      if (Files.size(in) != count * Float.BYTES) {
        throw new InputException(
            in + " has " + Files.size(in) + " bytes; " + shape + " needs " + count * Float.BYTES);
      }
      float[] values = new float[Math.toIntExact(count)];
      ByteBuffer.wrap(Files.readAllBytes(in))
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
      return values;
    } catch (IOException | ArithmeticException e) {
      throw new InputException(in + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private void write(Plan plan, List<String> names) {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(dump))) {
      for (String name : names) {
        float[] values = Plan.floats(plan.output(name)).toArray();
        ByteBuffer bytes =
            ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        out.write(bytes.array());
      }
    } catch (IOException e) {
      throw new InputException(dump + ": cannot be written (" + e.getMessage() + ")", e);
    }
  }
}
