package io.github.dyad.experiment;

import io.github.dyad.data.ImageReader;
import io.github.dyad.data.Rgb8;
import io.github.dyad.distillation.FeatureExtractor;
import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.distillation.Objective;
import io.github.dyad.distillation.ObjectiveConfig;
import io.github.dyad.distillation.OptimizerConfig;
import io.github.dyad.distillation.TrainingConfig;
import io.github.dyad.distillation.TrainingImages;
import io.github.dyad.distillation.TrainingOptions;
import io.github.dyad.distillation.TrainingSession;
import io.github.dyad.graph.Lowering;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.DecoderStudent;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.EncoderStudent;
import io.github.dyad.student.EncoderStudentConfig;
import io.github.dyad.student.InitialWeights;
import io.github.dyad.student.TappedLayers;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.teacher.Teacher;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.Pointer;

/**
 * A few steps of both students at a training's real shape, on made-up pixels: what estimates are
 * made from. Large shapes are measured with fewer images than a batch has, and scaled.
 *
 * @param images of the measured steps
 * @param featureSeconds the teacher on one image, all workers busy
 * @param stepSeconds one image's share of an optimizer step of both students
 * @param fixedBytes memory of the process that does not grow with the batch
 * @param imageBytes memory that every image of the batch adds
 * @param teacherParameters weights of the teacher
 * @param encoderParameters weights of the encoder student
 * @param decoderParameters weights of the decoder student
 */
public record StepMeasurement(
    int images,
    double featureSeconds,
    double stepSeconds,
    long fixedBytes,
    long imageBytes,
    long teacherParameters,
    long encoderParameters,
    long decoderParameters) {

  /** Operations of the measured step, at most; on two cores some seconds. */
  private static final double LARGEST_STEP = 1e12;

  /** Runs until the kernels are compiled and their time has settled. */
  private static final double SHORTEST_SECONDS = 3;

  private static final int FEWEST_RUNS = 3;

  /**
   * @param side of the images in pixels
   * @param batch images of a real step
   */
  static StepMeasurement of(
      Teacher teacher,
      PositionRule position,
      Lowering lowering,
      int side,
      int batch,
      Workers workers) {
    TrainingOptions options = options(position, lowering, batch);
    int images =
        (int) Math.max(1, Math.min(batch, LARGEST_STEP / operations(teacher, options, side)));
    RandomImages pixels = new RandomImages(side, Math.max(images, workers.count()));
    ImageFeatures[] features = new ImageFeatures[pixels.count()];
    double featureSeconds = extract(teacher, options, pixels, features, workers);
    long before = Pointer.physicalBytes();
    InitialWeights initial =
        new InitialWeights(options.encoderStudent(), options.decoderStudent(), 0);
    try (TrainingSession session =
        new TrainingSession(teacher, options, side, images, initial::values, workers)) {
      long encoder = parameters(session, EncoderStudent.NAME);
      long decoder = parameters(session, DecoderStudent.NAME);
      boolean[] normal = new boolean[images];
      double step = settledSeconds(run -> session.step(run, pixels, features, normal));
      long after = Pointer.physicalBytes();
      long students = 5 * Float.BYTES * (encoder + decoder); // weights, gradient, three moments
      long perImage = Math.max(0, after - before - students) / images;
      return new StepMeasurement(
          images,
          featureSeconds,
          step / images,
          after - images * perImage,
          perImage,
          teacher.weights().parameters(),
          encoder,
          decoder);
    }
  }

  /** Fills the features, and says how long an image takes. */
  private static double extract(
      Teacher teacher,
      TrainingOptions options,
      RandomImages pixels,
      ImageFeatures[] features,
      Workers workers) {
    TappedLayers tapped = TappedLayers.of(options.decoderStudent(), teacher.weights().depth());
    try (FeatureExtractor extractor =
        new FeatureExtractor(
            teacher,
            options.position(),
            tapped,
            pixels.size(),
            options.halfFeatures(),
            options.lowering(),
            workers)) {
      int[] indices = new int[features.length];
      for (int i = 0; i < indices.length; i++) {
        features[i] = extractor.shape().allocate();
        indices[i] = i;
      }
      return settledSeconds(run -> extractor.extract(pixels, indices, features, indices.length))
          / indices.length;
    }
  }

  private static long parameters(TrainingSession session, String student) {
    return session.weights().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(student))
        .mapToLong(entry -> entry.getValue().values().length)
        .sum();
  }

  /** Median of the second half of the runs. */
  private static double settledSeconds(IntConsumer work) {
    List<Double> seconds = new ArrayList<>();
    for (double sum = 0; sum < SHORTEST_SECONDS || seconds.size() < FEWEST_RUNS; ) {
      long start = System.nanoTime();
      work.accept(seconds.size());
      double run = (System.nanoTime() - start) / 1e9;
      seconds.add(run);
      sum += run;
    }
    List<Double> settled = new ArrayList<>(seconds.subList(seconds.size() / 2, seconds.size()));
    settled.sort(null);
    return settled.get(settled.size() / 2);
  }

  private static TrainingOptions options(PositionRule position, Lowering lowering, int batch) {
    return new TrainingOptions(
        position,
        EncoderStudentConfig.DEFAULTS,
        DecoderStudentConfig.DEFAULTS,
        ObjectiveConfig.DEFAULTS,
        OptimizerConfig.DEFAULTS,
        new TrainingConfig(1000, batch, 0, 0, TrainingConfig.Kept.LAST),
        lowering,
        false);
  }

  /** Of one image's share of a step: 12 D² + 2 N D multiply-adds a token and block, three times. */
  private static double operations(Teacher teacher, TrainingOptions options, int side) {
    double D = teacher.weights().width();
    double N = teacher.grid(side, side).count();
    int blocks = teacher.weights().depth() + options.decoderStudent().depth();
    return 3 * 2 * blocks * N * (12 * D * D + 2 * N * D);
  }

  /** Share of the measured step that a training with this objective takes. */
  double share(Objective objective, int decoderDepth, int depth) {
    double encoder = objective.trainsEncoder() ? depth : 0;
    double decoder = objective.trainsDecoder() ? decoderDepth : 0;
    return (encoder + decoder) / (depth + DecoderStudentConfig.DEFAULTS.depth());
  }

  /** Of the students that are trained. */
  long studentParameters(Objective objective) {
    return (objective.trainsEncoder() ? encoderParameters : 0)
        + (objective.trainsDecoder() ? decoderParameters : 0);
  }

  private record RandomImages(int size, int count) implements TrainingImages {
    @Override
    public byte[] pixels(int image) {
      byte[] pixels = new byte[3 * size * size];
      new Random(image).nextBytes(pixels);
      return pixels;
    }

    @Override
    public float[] normalized(byte[] pixels) {
      return ImageReader.normalise(new Rgb8(size, size, pixels));
    }

    @Override
    public boolean anomalous(int image) {
      return false;
    }
  }
}
