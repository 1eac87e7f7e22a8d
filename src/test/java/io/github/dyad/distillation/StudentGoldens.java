package io.github.dyad.distillation;

import io.github.dyad.graph.Activation;
import io.github.dyad.graph.Gradients;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.Plan;
import io.github.dyad.graph.TokenGrid;
import io.github.dyad.graph.VisionTransformer;
import io.github.dyad.graph.Weights;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.DecoderStudent;
import io.github.dyad.student.EncoderStudent;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Builds the training graph of a golden case and runs it; see goldens/student/README.md. */
final class StudentGoldens {
  static final Path FOLDER = Path.of("src/test/resources/goldens/student");

  private StudentGoldens() {}

  /** Values by name, gradients as "gradient.NAME". */
  static Map<String, float[]> run(
      String caseFile,
      ObjectiveConfig config,
      Lowering lowering,
      double dropout,
      Map<String, HostTensor> extra,
      double[] normal,
      int workers) {
    Safetensors data = Safetensors.read(FOLDER.resolve(caseFile));
    Map<String, HostTensor> tensors = new HashMap<>(data.tensors());
    tensors.putAll(extra);
    Map<String, String> meta = data.metadata();
    int heads = Integer.parseInt(meta.get("heads"));
    TokenGrid grid =
        new TokenGrid(
            Integer.parseInt(meta.get("registers")),
            Integer.parseInt(meta.get("grid_height")),
            Integer.parseInt(meta.get("grid_width")));
    long[] classTokens = tensors.get("teacher.class_tokens").shape();
    int B = (int) classTokens[0];
    int K = (int) classTokens[1] - 1;
    int D = (int) classTokens[2];
    int N = grid.count();
    boolean scaled = tensors.containsKey("encoder_student.blocks.0.ls1.gamma");
    VisionTransformer teacher =
        new VisionTransformer(K, D, heads, 4 * D, Activation.GELU, scaled, 1e-6);

    SameDiff graph = SameDiff.create();
    Layers layers = new Layers(graph, lowering, grid, D);
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    List<SDVariable> hidden = new ArrayList<>();
    if (config.distilledTokens() == ObjectiveConfig.DistilledTokens.PATCH) {
      HostTensor patches = tensors.get("teacher.patch_tokens");
      for (int j = 0; j <= K; j++) {
        float[] rows = new float[B * N * D];
        int T = grid.patches();
        for (int b = 0; b < B; b++) {
          System.arraycopy(
              patches.values(),
              (b * (K + 1) + j) * T * D,
              rows,
              (b * N + grid.prefix()) * D,
              T * D);
        }
        hidden.add(placeholder(graph, inputs, "hidden" + j, array(rows, B * N, D)));
      }
    }
    TeacherSignals signals =
        new TeacherSignals(
            placeholder(graph, inputs, "tokens", rows(tensors.get("input.embedding"))),
            placeholder(graph, inputs, "classTokens", array(tensors.get("teacher.class_tokens"))),
            placeholder(graph, inputs, "group1", rows(tensors.get("teacher.group1"))),
            placeholder(graph, inputs, "group2", rows(tensors.get("teacher.group2"))),
            hidden);
    Weights weights =
        (name, shape) ->
            graph.hasVariable(name)
                ? graph.getVariable(name)
                : graph.var(name, array(checked(tensors.get(name), name, shape)));
    SDVariable studentTokens = signals.tokens();
    if (extra.containsKey("images")) {
      SDVariable image = placeholder(graph, inputs, "image", array(extra.get("images")));
      studentTokens = EncoderStudent.ownEmbedding(layers, image, 4, weights);
    }
    SDVariable objective =
        DistillationGraph.build(
            layers,
            signals,
            studentTokens,
            new EncoderStudent(teacher),
            new DecoderStudent(D, heads, 8, dropout),
            config,
            weights);
    for (Layers.DropoutSite site : layers.dropoutSites()) {
      if (lowering == Lowering.COMPOSED) {
        inputs.put(site.mask(), rows(tensors.get(site.mask())));
      }
    }
    int normals = 0;
    for (double t : normal) {
      normals += t == 1 ? 1 : 0;
    }
    int n = normals * grid.patches();
    inputs.put(DistillationGraph.NORMAL, Nd4j.createFromArray(normal).castTo(DataType.FLOAT));
    inputs.put(DistillationGraph.MINING_RANK, Nd4j.scalar(DataType.INT64, Math.max(1, n / 2) - 1));
    Gradients gradients = Gradients.of(graph, objective);
    Map<String, long[]> shapes = new HashMap<>();
    inputs.forEach((name, value) -> shapes.put(name, value.shape()));
    List<String> outputs = new ArrayList<>(gradients.names().values());
    for (String name :
        List.of(
            DistillationGraph.LOSSES,
            DistillationGraph.LOSS_ENCODER,
            DistillationGraph.LOSS_DECODER,
            DistillationGraph.WEIGHT_ENCODER,
            DistillationGraph.WEIGHT_DECODER)) {
      if (graph.hasVariable(name)) {
        outputs.add(name);
      }
    }
    try (Workers pool = new Workers(workers)) {
      Plan plan = Plan.compile(layers, gradients.graph(), shapes, outputs, pool);
      inputs.forEach(
          (name, value) -> {
            if (plan.hasInput(name)) {
              plan.input(name).assign(value);
            }
          });
      plan.run();
      plan.run(); // a second run must give the same
      Map<String, float[]> result = new HashMap<>();
      for (String output : outputs) {
        result.put(output, plan.output(output).dup('c').data().asFloat());
      }
      gradients
          .names()
          .forEach((name, gradient) -> result.put("gradient." + name, result.get(gradient)));
      return result;
    }
  }

  private static HostTensor checked(HostTensor tensor, String name, long... shape) {
    if (tensor == null || !java.util.Arrays.equals(tensor.shape(), shape)) {
      throw new IllegalStateException(
          name + ": " + tensor + " for " + java.util.Arrays.toString(shape));
    }
    return tensor;
  }

  private static SDVariable placeholder(
      SameDiff graph, Map<String, INDArray> inputs, String name, INDArray value) {
    inputs.put(name, value);
    return graph.placeHolder(name, DataType.FLOAT, value.shape());
  }

  private static INDArray array(HostTensor tensor) {
    return array(tensor.values(), tensor.shape());
  }

  private static INDArray rows(HostTensor tensor) {
    long[] shape = tensor.shape();
    return array(tensor.values(), shape[0] * shape[1], shape[2]);
  }

  private static INDArray array(float[] values, long... shape) {
    return Nd4j.createFromArray(values).reshape('c', shape);
  }
}
