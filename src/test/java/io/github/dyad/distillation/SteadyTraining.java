package io.github.dyad.distillation;

import io.github.dyad.graph.Lowering;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.EncoderStudentConfig;
import io.github.dyad.student.InitialWeights;
import io.github.dyad.teacher.OnnxTeacher;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.teacher.Teacher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;

/** A small training in a process of its own: prints its resident KiB after given steps. */
final class SteadyTraining {
  private static final int SIDE = 32;
  private static final int BATCH = 2;

  private SteadyTraining() {}

  public static void main(String[] steps) throws IOException {
    Teacher teacher = new Teacher(OnnxTeacher.open(OnnxTeacher.DYAD_TINY));
    TrainingConfig training = new TrainingConfig(100_000, BATCH, 0, 0, TrainingConfig.Kept.LAST);
    TrainingOptions options =
        new TrainingOptions(
            PositionRule.GRAPH,
            EncoderStudentConfig.DEFAULTS,
            DecoderStudentConfig.DEFAULTS,
            ObjectiveConfig.DEFAULTS,
            OptimizerConfig.DEFAULTS,
            training,
            Lowering.FUSED,
            false);
    InitialWeights initial =
        new InitialWeights(options.encoderStudent(), options.decoderStudent(), 0);
    ImageFeatures[] features = features(teacher);
    try (Workers workers = new Workers(1);
        TrainingSession session =
            new TrainingSession(teacher, options, SIDE, BATCH, initial::values, workers)) {
      int done = 0;
      for (String until : steps) {
        while (done < Integer.parseInt(until)) {
          session.step(done++, new Pixels(), features, new boolean[BATCH]);
        }
        System.out.println(residentKib());
      }
    }
  }

  private static ImageFeatures[] features(Teacher teacher) {
    Random random = new Random(0);
    ImageFeatures.Shape shape =
        new ImageFeatures.Shape(
            SIDE,
            teacher.transformer().classTokens(),
            teacher.grid(SIDE, SIDE).count(),
            teacher.weights().width());
    ImageFeatures[] features = new ImageFeatures[BATCH];
    for (int b = 0; b < BATCH; b++) {
      features[b] = shape.allocate();
      random.nextBytes(features[b].pixels());
      for (float[] array : features[b].arrays()) {
        IntStream.range(0, array.length).forEach(i -> array[i] = (float) random.nextGaussian());
      }
    }
    return features;
  }

  private static long residentKib() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(l -> l.startsWith("VmRSS"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D+", ""));
  }

  private static final class Pixels implements TrainingImages {
    @Override
    public int count() {
      return BATCH;
    }

    @Override
    public int size() {
      return SIDE;
    }

    @Override
    public byte[] pixels(int image) {
      throw new IllegalStateException("features are given");
    }

    @Override
    public float[] normalized(byte[] pixels) {
      float[] values = new float[pixels.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = pixels[i] / 64f;
      }
      return values;
    }

    @Override
    public boolean anomalous(int image) {
      return false;
    }
  }
}
