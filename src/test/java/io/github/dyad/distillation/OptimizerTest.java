package io.github.dyad.distillation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dyad.distillation.OptimizerConfig.Clipping;
import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Workers;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** 50 steps against PyTorch; recipe: src/test/recipes/optimizer_goldens.py. */
class OptimizerTest {
  private static final List<String> NAMES =
      List.of("encoder_student.a", "encoder_student.b", "decoder_student.c", "decoder_student.d");
  private final Safetensors golden =
      Safetensors.read(Path.of("src/test/resources/goldens/distillation/optimizer.safetensors"));

  @ParameterizedTest
  @EnumSource
  void fifty_steps_equal_pytorch(Clipping clipping) {
    OptimizerConfig d = OptimizerConfig.DEFAULTS;
    OptimizerConfig config =
        new OptimizerConfig(
            2e-3,
            d.beta1(),
            d.beta2(),
            d.weightDecay(),
            d.epsilon(),
            d.warmupSteps(),
            d.floor(),
            clipping,
            d.clipNorm());
    String prefix =
        switch (clipping) {
          case JOINT -> "joint";
          case PER_STUDENT -> "per-student";
          case OFF -> "off";
        };
    try (Workers workers = new Workers(2)) {
      Optimizer optimizer = new Optimizer(config, workers);
      Map<String, Floats> theta = new LinkedHashMap<>();
      Map<String, Floats> gradients = new LinkedHashMap<>();
      for (String name : NAMES) {
        theta.put(name, Floats.copyOf(golden.tensors().get("initial." + name).values()));
        gradients.put(name, Floats.allocate(theta.get(name).size()));
        optimizer.add(name, theta.get(name), gradients.get(name));
      }
      LearningRate rate = new LearningRate(config, 50);
      for (int step = 0; step < 50; step++) {
        for (String name : NAMES) {
          HostTensor all = golden.tensors().get("gradient." + name);
          Floats gradient = gradients.get(name);
          gradient.copyFrom(all.values(), step * gradient.size(), 0, gradient.size());
        }
        optimizer.step(step, rate.at(step));
        for (String name : NAMES) {
          HostTensor expected = golden.tensors().get(prefix + ".step" + (step + 1) + "." + name);
          if (expected != null) {
            assertClose(expected.values(), theta.get(name).toArray(), name, step);
          }
        }
      }
    }
  }

  @Test
  void the_schedule_equals_dinomaly() {
    OptimizerConfig d = OptimizerConfig.DEFAULTS;
    OptimizerConfig config =
        new OptimizerConfig(
            2e-3,
            d.beta1(),
            d.beta2(),
            d.weightDecay(),
            d.epsilon(),
            d.warmupSteps(),
            d.floor(),
            d.clipping(),
            d.clipNorm());
    float[] expected = golden.tensors().get("rates").values();
    LearningRate rate = new LearningRate(config, expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], rate.at(i), 1e-9, "step " + i);
    }
    LearningRate longRun = new LearningRate(config, 5000);
    assertEquals(0, longRun.at(0), 0.0);
    assertEquals(2e-3, longRun.at(99), 1e-18);
    assertEquals(2e-3, longRun.at(100), 1e-18);
    assertEquals(2e-4, longRun.at(4999), 1e-8);
  }

  /** 1e-6 of a tensor's norm: float32 moments; the golden's own float32 pass is 7.7e-7 away. */
  private static void assertClose(float[] expected, float[] actual, String name, int step) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(expected[i] - actual[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    assertEquals(0, Math.sqrt(difference / norm), 1e-6, name + " after step " + step);
  }
}
