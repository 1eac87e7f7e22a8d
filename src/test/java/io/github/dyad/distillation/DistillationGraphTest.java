package io.github.dyad.distillation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.distillation.ObjectiveConfig.ClassTokenSet;
import io.github.dyad.distillation.ObjectiveConfig.DistilledTokens;
import io.github.dyad.distillation.ObjectiveConfig.Normalization;
import io.github.dyad.distillation.ObjectiveConfig.Reduction;
import io.github.dyad.graph.Lowering;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Losses, effective weights and every gradient against PyTorch, in both lowerings. Tolerance 1e-5
 * per tensor, relative to its norm: goldens/student/README.md.
 */
class DistillationGraphTest {
  private static final double TOLERANCE = 1e-5;
  private static final double[] NORMAL = {1, 1, 1};

  static Stream<Arguments> passes() {
    List<Arguments> all = new ArrayList<>();
    for (Lowering lowering : Lowering.values()) {
      for (String golden :
          List.of(
              "noisy-or",
              "sum",
              "encoder-only",
              "decoder-only",
              "mining-off",
              "supervised",
              "temperature-2",
              "sum-over-d",
              "tokens-12",
              "layer-normed",
              "patch-tokens",
              "own-embedding",
              "depth6-noisy-or")) {
        all.add(Arguments.of(golden, lowering));
      }
    }
    all.add(Arguments.of("dropout", Lowering.COMPOSED));
    return all.stream();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("passes")
  void a_pass_equals_pytorch(String name, Lowering lowering) {
    Safetensors golden = Safetensors.read(StudentGoldens.FOLDER.resolve(name + ".safetensors"));
    String caseFile = name.startsWith("depth6") ? "depth6-case.safetensors" : "case.safetensors";
    double[] normal = name.equals("supervised") ? new double[] {1, 0, 1} : NORMAL;
    Map<String, HostTensor> extra = new HashMap<>();
    if (name.equals("own-embedding")) {
      extra.putAll(golden.tensors());
    }
    if (name.equals("dropout")) {
      extra.put("dropout_mask_0", golden.tensors().get("mask.input"));
      extra.put("dropout_mask_1", golden.tensors().get("mask.hidden"));
      extra.put("dropout_mask_2", golden.tensors().get("mask.output"));
    }
    ObjectiveConfig config = config(name);
    Map<String, float[]> ours =
        StudentGoldens.run(
            caseFile, config, lowering, name.equals("dropout") ? 0.2 : 0, extra, normal, 2);

    boolean e = config.objective().trainsEncoder();
    boolean d = config.objective().trainsDecoder();
    compare("losses", golden.tensors().get("loss_per_image"), ours.get(DistillationGraph.LOSSES));
    if (e) {
      compare("L_E", golden.tensors().get("loss_encoder"), ours.get("loss_encoder"));
      compare("w_E", golden.tensors().get("weight_encoder"), ours.get("weight_encoder"));
    }
    if (d) {
      compare("L_D", golden.tensors().get("loss_decoder"), ours.get("loss_decoder"));
      compare("w_D", golden.tensors().get("weight_decoder"), ours.get("weight_decoder"));
    }
    gradientSamples(golden, caseFile, extra, ours);
    golden
        .tensors()
        .forEach(
            (key, tensor) -> {
              if (key.startsWith("gradient.")) {
                compare(key, tensor, ours.get(key));
              }
            });
  }

  /** Norm and four elements of every parameter's gradient. */
  private static void gradientSamples(
      Safetensors golden,
      String caseFile,
      Map<String, HostTensor> extra,
      Map<String, float[]> ours) {
    TreeSet<String> names = new TreeSet<>();
    for (String key :
        Safetensors.read(StudentGoldens.FOLDER.resolve(caseFile)).tensors().keySet()) {
      if (key.startsWith("encoder_student.") || key.startsWith("decoder_student.")) {
        names.add(key);
      }
    }
    for (String key : extra.keySet()) {
      if (key.startsWith("encoder_student.embed.")) {
        names.add(key);
      }
    }
    HostTensor samples = golden.tensors().get("gradient_samples");
    assertEquals(names.size(), samples.shape()[0], "parameters in the golden");
    int row = 0;
    for (String name : names) {
      float[] gradient = ours.get("gradient." + name);
      double norm = samples.values()[5 * row];
      if (gradient == null) {
        assertEquals(0, norm, 0, name + " has no gradient");
      } else {
        int n = gradient.length;
        int[] at = {0, n / 3, 2 * n / 3, n - 1};
        assertEquals(norm, norm(gradient), TOLERANCE * norm + 1e-9, name + ", norm");
        for (int i = 0; i < 4; i++) {
          double expected = samples.values()[5 * row + 1 + i];
          assertEquals(
              expected, gradient[at[i]], TOLERANCE * norm + 1e-9, name + "[" + at[i] + "]");
        }
      }
      row++;
    }
  }

  private static ObjectiveConfig config(String golden) {
    ObjectiveConfig d = ObjectiveConfig.DEFAULTS;
    Objective objective =
        switch (golden) {
          case "sum" -> Objective.SUM;
          case "encoder-only" -> Objective.ENCODER_ONLY;
          case "decoder-only" -> Objective.DECODER_ONLY;
          default -> Objective.NOISY_OR;
        };
    return new ObjectiveConfig(
        objective,
        golden.equals("temperature-2") ? 2 : 1,
        golden.equals("patch-tokens") ? DistilledTokens.PATCH : DistilledTokens.CLASS,
        golden.equals("sum-over-d") ? Reduction.SUM : Reduction.MEAN,
        golden.equals("tokens-12") ? ClassTokenSet.BLOCKS : ClassTokenSet.BLOCKS_AND_NORM,
        golden.equals("layer-normed") ? Normalization.LAYER_NORM : Normalization.RAW,
        !golden.equals("mining-off"),
        d.hardMiningShare(),
        d.hardMiningRamp(),
        d.hardMiningFactor());
  }

  private static void compare(String what, HostTensor golden, float[] ours) {
    assertTrue(ours != null, what + " is missing");
    double difference = 0;
    double size = 0;
    for (int i = 0; i < golden.values().length; i++) {
      difference += Math.pow(golden.values()[i] - ours[i], 2);
      size += Math.pow(golden.values()[i], 2);
    }
    double relative = Math.sqrt(difference / (size + 1e-18));
    assertTrue(
        relative <= TOLERANCE,
        () -> what + ": relative difference " + relative + " > " + TOLERANCE);
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
