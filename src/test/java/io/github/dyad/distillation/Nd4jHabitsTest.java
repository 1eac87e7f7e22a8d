package io.github.dyad.distillation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.distillation.OptimizerConfig.Clipping;
import io.github.dyad.graph.Lowering;
import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.EncoderStudent;
import io.github.dyad.student.EncoderStudentConfig;
import io.github.dyad.teacher.OnnxTeacher;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.tensor.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.ListenerResponse;
import org.nd4j.autodiff.listeners.ListenerVariables;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.listeners.impl.ScoreListener;
import org.nd4j.autodiff.listeners.records.LossCurve;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;

/** Dyad with what Deeplearning4j users know: iterators, listeners, updaters, plain SameDiff. */
final class Nd4jHabitsTest {
  private static final int STEPS = 4;
  private static final FeatureKeeping NOTHING_KEPT =
      new FeatureKeeping(FeatureKeeping.Keep.NO, Path.of("none"), 0);

  private static final Trainer.Listener NOBODY =
      new Trainer.Listener() {
        @Override
        public void step(int step, StepLosses losses, boolean replayed) {}

        @Override
        public boolean stopRequested() {
          return false;
        }
      };

  private static final OptimizerConfig OPTIMIZER = optimizer(1e-4);

  private static OptimizerConfig optimizer(double weightDecay) {
    OptimizerConfig d = OptimizerConfig.DEFAULTS;
    return new OptimizerConfig(
        1e-3,
        d.beta1(),
        d.beta2(),
        weightDecay,
        d.epsilon(),
        d.warmupSteps(),
        d.floor(),
        Clipping.OFF,
        d.clipNorm());
  }

  /** What has no place in plain SameDiff is off: clipping, hard mining, dropout. */
  private static TrainingOptions options(Lowering lowering) {
    ObjectiveConfig d = ObjectiveConfig.DEFAULTS;
    return new TrainingOptions(
        PositionRule.GRAPH,
        EncoderStudentConfig.DEFAULTS,
        new DecoderStudentConfig(2, 0, List.of(), 0.01, 0.03),
        new ObjectiveConfig(
            d.objective(),
            d.temperature(),
            d.distilledTokens(),
            d.classTokenReduction(),
            d.classTokenSet(),
            d.classTokenNormalization(),
            false,
            d.hardMiningShare(),
            d.hardMiningRamp(),
            d.hardMiningFactor()),
        OPTIMIZER,
        new TrainingConfigOf(STEPS).config(),
        lowering,
        false);
  }

  /** SameDiff has a TrainingConfig too. */
  private record TrainingConfigOf(int iterations) {
    io.github.dyad.distillation.TrainingConfig config() {
      return new io.github.dyad.distillation.TrainingConfig(
          iterations, 4, 5, 0, io.github.dyad.distillation.TrainingConfig.Kept.LAST);
    }
  }

  private static Trainer trainer(Lowering lowering, Workers workers) {
    return new Trainer(
        new Teacher(OnnxTeacher.open("builtin:dyad-tiny")),
        options(lowering),
        new Noise(16, 32),
        workers);
  }

  /** Softmax takes no notice of a key's bias: its gradient is nothing but rounding. */
  private static boolean isKeyBias(String name, int at, int count) {
    return name.endsWith("attn.qkv.bias")
        && name.startsWith(EncoderStudent.NAME)
        && at / (count / 3) == 1;
  }

  @Test
  @Tag("slow")
  void plain_samediff_trains_as_the_trainer_does() {
    try (Workers workers = new Workers(1)) {
      Trainer trainer = trainer(Lowering.COMPOSED, workers);
      Map<String, HostTensor> expected = trainer.run(NOTHING_KEPT, null, done -> {}, NOBODY);

      SameDiff graph = trainer.graph();
      StableAdamWUpdater updater = new StableAdamWUpdater(OPTIMIZER, STEPS);
      graph.setTrainingConfig(
          new TrainingConfig.Builder()
              .updater(updater)
              .weightDecay(updater.weightDecay(), true)
              .dataSetFeatureMapping(FeatureIterator.FEATURES)
              .markLabelsUnused()
              .build());
      try (FeatureIterator iterator = trainer.iterator(NOTHING_KEPT)) {
        graph.fit(iterator, 1);
        assertFalse(iterator.hasNext());
      }
      Map<String, HostTensor> initial = trainer.initialWeights();
      double moved = 0;
      double apart = 0;
      long count = 0;
      for (Map.Entry<String, HostTensor> entry : expected.entrySet()) {
        float[] fitted = graph.getArrForVarName(entry.getKey()).dup('c').data().asFloat();
        float[] trained = entry.getValue().values();
        for (int i = 0; i < fitted.length; i++) {
          if (isKeyBias(entry.getKey(), i, fitted.length)) {
            assertEquals(trained[i], fitted[i], 2e-3f * STEPS, entry.getKey() + "[" + i + "]");
            continue;
          }
          // Other orders of summation: where a gradient is itself a rounding error, g/√v is any
          // number up to 1, so single weights may differ by a part of the step (1e-3), their mean
          // may not.
          assertEquals(trained[i], fitted[i], 2e-4f, entry.getKey() + "[" + i + "]");
          apart += Math.abs(fitted[i] - trained[i]);
          count++;
          moved = Math.max(moved, Math.abs(fitted[i] - initial.get(entry.getKey()).values()[i]));
        }
      }
      assertTrue(apart / count < 1e-7, "mean difference " + apart / count);
      assertTrue(moved > 1e-3, "the weights moved by " + moved + " at most");
    }
  }

  @Test
  @Tag("slow")
  void samediff_listeners_hear_every_step_with_its_batch_and_losses() {
    try (Workers workers = new Workers(1)) {
      Trainer trainer = trainer(Lowering.FUSED, workers);
      List<String> heard = new ArrayList<>();
      List<Double> losses = new ArrayList<>();
      trainer.addListeners(
          new ScoreListener(1),
          new BaseListener() {
            @Override
            public boolean isActive(Operation operation) {
              return operation == Operation.TRAINING;
            }

            @Override
            public void epochStart(SameDiff graph, At at) {
              heard.add("start");
            }

            @Override
            public void iterationDone(SameDiff graph, At at, MultiDataSet data, Loss loss) {
              heard.add("step " + at.iteration() + " of " + data.getFeatures(0).size(0));
              losses.add(loss.getLoss(DistillationGraph.LOSSES));
            }

            @Override
            public ListenerResponse epochEnd(SameDiff graph, At at, LossCurve curve, long millis) {
              heard.add("end");
              return ListenerResponse.CONTINUE;
            }
          });
      List<Double> told = new ArrayList<>();
      trainer.run(
          NOTHING_KEPT,
          null,
          done -> {},
          new Trainer.Listener() {
            @Override
            public void step(int step, StepLosses made, boolean replayed) {
              told.add(made.loss());
            }

            @Override
            public boolean stopRequested() {
              return false;
            }
          });
      assertEquals(
          List.of("start", "step 0 of 4", "step 1 of 4", "step 2 of 4", "step 3 of 4", "end"),
          heard);
      assertEquals(told, losses);
    }
  }

  @Test
  void a_listener_that_needs_values_of_the_graph_is_refused() {
    try (Workers workers = new Workers(1)) {
      Trainer trainer = trainer(Lowering.FUSED, workers);
      trainer.addListeners(
          new BaseListener() {
            @Override
            public boolean isActive(Operation operation) {
              return true;
            }

            @Override
            public ListenerVariables requiredVariables(SameDiff graph) {
              return new ListenerVariables.Builder().trainingVariables("loss_encoder").build();
            }
          });
      assertThrows(
          IllegalArgumentException.class,
          () -> trainer.run(NOTHING_KEPT, null, done -> {}, NOBODY));
    }
  }

  @Test
  void the_updater_moves_a_parameter_as_the_optimizer_does() {
    OptimizerConfig config = optimizer(0);
    Random random = new Random(3);
    int n = 37;
    try (Workers workers = new Workers(1);
        Floats theta = Floats.allocate(n);
        Floats gradient = Floats.allocate(n)) {
      INDArray parameter = Nd4j.zeros(DataType.FLOAT, n);
      Optimizer optimizer = new Optimizer(config, workers);
      optimizer.add("encoder_student.a", theta, gradient);
      StableAdamWUpdater config2 = new StableAdamWUpdater(config, 30);
      GradientUpdater<?> updater =
          config2.instantiate(Nd4j.zeros(DataType.FLOAT, config2.stateSize(n)), true);
      for (int step = 0; step < 30; step++) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
          values[i] = (float) random.nextGaussian();
        }
        gradient.copyFrom(values, 0, 0, n);
        optimizer.step(step, config2.getLearningRate(step, 0));
        INDArray update = Nd4j.createFromArray(values);
        updater.applyUpdater(update, step, 0);
        parameter.subi(update);
        // One more rounding: the update on its own, then the difference.
        assertArrayEquals(theta.toArray(), parameter.toFloatVector(), 1e-7f, "step " + step);
      }
    }
  }

  @Test
  @Tag("slow")
  void the_iterator_begins_again_after_a_reset() {
    try (Workers workers = new Workers(1);
        FeatureIterator iterator = trainer(Lowering.COMPOSED, workers).iterator(NOTHING_KEPT)) {
      INDArray first = iterator.next().getFeatures(0).dup();
      iterator.next();
      iterator.reset();
      assertEquals(first, iterator.next().getFeatures(0));
    }
  }

  /** Images of seeded noise. */
  private record Noise(int count, int size) implements TrainingImages {
    @Override
    public byte[] pixels(int image) {
      byte[] pixels = new byte[3 * size * size];
      new Random(image).nextBytes(pixels);
      return pixels;
    }

    @Override
    public float[] normalized(byte[] pixels) {
      float[] planes = new float[pixels.length];
      for (int i = 0; i < pixels.length; i++) {
        planes[i % 3 * (pixels.length / 3) + i / 3] = (pixels[i] & 255) / 128f - 1;
      }
      return planes;
    }

    @Override
    public boolean anomalous(int image) {
      return false;
    }
  }
}
