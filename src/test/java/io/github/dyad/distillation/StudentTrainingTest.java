package io.github.dyad.distillation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.graph.Lowering;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.ReverseDistillation;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.tensor.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reverse distillation on the teacher inside Dyad. */
final class StudentTrainingTest {
  private static final int SIDE = 16;
  private static final int STEPS = 6;
  private static final Teacher TEACHER = Teacher.open("builtin:dyad-tiny");

  @TempDir Path folder;

  /** Noise that is drawn anew for every image. */
  private record Noise(int count) implements TrainingImages {
    @Override
    public int size() {
      return SIDE;
    }

    @Override
    public byte[] pixels(int image) {
      byte[] pixels = new byte[3 * SIDE * SIDE];
      new SplittableRandom(image).nextBytes(pixels);
      return pixels;
    }

    @Override
    public float[] normalized(byte[] pixels) {
      float[] image = new float[pixels.length];
      for (int i = 0; i < image.length; i++) {
        image[i] = pixels[i] / 64f;
      }
      return image;
    }

    @Override
    public boolean anomalous(int image) {
      return false;
    }
  }

  private static final class Losses implements Trainer.Listener {
    private final List<Double> losses = new ArrayList<>();
    private int stopAfter = Integer.MAX_VALUE;
    private int computed;

    @Override
    public void step(int step, StepLosses step1, boolean replayed) {
      losses.add(step1.loss());
      computed += replayed ? 0 : 1;
    }

    @Override
    public boolean stopRequested() {
      return computed >= stopAfter;
    }
  }

  private Map<String, HostTensor> train(
      Lowering lowering, int threads, Path checkpoints, Losses losses) {
    assertTrue(checkpoints.toFile().isDirectory() || checkpoints.toFile().mkdir());
    OptimizerConfig optimizer = OptimizerConfig.DEFAULTS;
    try (Workers workers = new Workers(threads);
        StudentTraining training =
            new StudentTraining(
                TEACHER,
                new ReverseDistillation(2, 1, 0.5),
                PositionRule.GRAPH,
                lowering,
                optimizer,
                new TrainingConfig(STEPS, 4, 0, 0, TrainingConfig.DEFAULTS.checkpoint()),
                new Noise(12),
                workers)) {
      return training.run(checkpoints, losses);
    }
  }

  @Test
  void a_stopped_training_goes_on_to_the_same_bits_with_other_workers() {
    Losses straight = new Losses();
    Map<String, HostTensor> expected = train(Lowering.FUSED, 2, folder.resolve("a"), straight);
    assertEquals(STEPS, straight.losses.size());
    assertTrue(straight.losses.get(STEPS - 1) < straight.losses.get(0), straight.losses.toString());

    Losses first = new Losses();
    first.stopAfter = 3;
    assertNull(train(Lowering.FUSED, 1, folder, first));
    Losses second = new Losses();
    Map<String, HostTensor> resumed = train(Lowering.FUSED, 1, folder, second);
    assertEquals(3, second.computed);
    assertEquals(straight.losses, second.losses);
    assertEquals(expected.keySet(), resumed.keySet());
    expected.forEach(
        (name, tensor) -> assertArrayEquals(tensor.values(), resumed.get(name).values(), name));
  }

  @Test
  void both_lowerings_train_alike() {
    Losses fused = new Losses();
    Losses composed = new Losses();
    train(Lowering.FUSED, 1, folder.resolve("a"), fused);
    train(Lowering.COMPOSED, 1, folder.resolve("b"), composed);
    for (int i = 0; i < STEPS; i++) { // float32 through a dozen blocks; gradients take part from 1
      assertEquals(composed.losses.get(i), fused.losses.get(i), 1e-4, "step " + i);
    }
  }

  @Test
  void the_loss_is_between_0_and_2_for_each_stage() {
    Losses losses = new Losses();
    train(Lowering.FUSED, 1, folder, losses);
    losses.losses.forEach(loss -> assertTrue(loss > 0 && loss < 2 * 2, "loss " + loss));
  }
}
