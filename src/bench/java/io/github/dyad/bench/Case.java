package io.github.dyad.bench;

import io.github.dyad.data.ImageReader;
import io.github.dyad.data.Rgb8;
import io.github.dyad.distillation.FeatureExtractor;
import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.distillation.ObjectiveConfig;
import io.github.dyad.distillation.Objective;
import io.github.dyad.distillation.OptimizerConfig;
import io.github.dyad.distillation.TrainingConfig;
import io.github.dyad.distillation.TrainingImages;
import io.github.dyad.distillation.TrainingOptions;
import io.github.dyad.distillation.TrainingSession;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.Plan;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.EncoderStudentConfig;
import io.github.dyad.student.TappedLayers;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** One work at one shape: the numbers that every side starts from. */
final class Case {
  /** p of the hard mining, the same at every step. */
  static final double MINING_SHARE = 0.5;

  /** Small, so that rounding differences do not grow over hundreds of steps on one batch. */
  static final double LEARNING_RATE = 1e-6;

  private static final int FOREVER = 1_000_000;

  private final Work work;
  private final Shape shape;
  private final Workers workers;
  private final Teacher teacher;
  private final TrainingOptions options;
  private final Images images;
  private FeatureExtractor extractor;

  Case(Work work, Shape shape, Workers workers) {
    this.work = work;
    this.shape = shape;
    this.workers = workers;
    this.teacher = new Teacher(shape.teacher());
    this.images = Images.random(work.images(shape), shape.side());
    this.options = options(work, images.count());
  }

  /** Dropout off, hard mining at a fixed share, a constant learning rate. */
  private static TrainingOptions options(Work work, int batch) {
    ObjectiveConfig o = ObjectiveConfig.DEFAULTS;
    Objective objective =
        switch (work) {
          case ENCODER_STEP, OPTIMIZER -> Objective.ENCODER_ONLY;
          case DECODER_STEP -> Objective.DECODER_ONLY;
          default -> Objective.NOISY_OR;
        };
    OptimizerConfig d = OptimizerConfig.DEFAULTS;
    return new TrainingOptions(
        PositionRule.GRAPH,
        EncoderStudentConfig.DEFAULTS,
        new DecoderStudentConfig(
            DecoderStudentConfig.DEFAULTS.depth(),
            0,
            List.of(),
            DecoderStudentConfig.DEFAULTS.initStd(),
            DecoderStudentConfig.DEFAULTS.initBound()),
        new ObjectiveConfig(
            objective,
            o.temperature(),
            o.distilledTokens(),
            o.classTokenReduction(),
            o.classTokenSet(),
            o.classTokenNormalization(),
            true,
            MINING_SHARE,
            0,
            o.hardMiningFactor()),
        new OptimizerConfig(
            LEARNING_RATE,
            d.beta1(),
            d.beta2(),
            d.weightDecay(),
            d.epsilon(),
            0,
            OptimizerConfig.Floor.CONSTANT,
            d.clipping(),
            d.clipNorm()),
        new TrainingConfig(FOREVER, batch, 0, 0, TrainingConfig.Kept.LAST),
        Lowering.FUSED,
        false);
  }

  Work work() {
    return work;
  }

  Shape shape() {
    return shape;
  }

  Workers workers() {
    return workers;
  }

  Teacher teacher() {
    return teacher;
  }

  TrainingOptions options() {
    return options;
  }

  Images images() {
    return images;
  }

  TappedLayers tapped() {
    return TappedLayers.of(options.decoderStudent(), teacher.weights().depth());
  }

  /** What the trainer runs where features are not kept. */
  FeatureExtractor extractor() {
    if (extractor == null) {
      extractor =
          new FeatureExtractor(
              teacher,
              options.position(),
              tapped(),
              shape.side(),
              false,
              options.lowering(),
              workers);
    }
    return extractor;
  }

  /** The teacher's features of all images. */
  ImageFeatures[] features() {
    ImageFeatures[] features = new ImageFeatures[images.count()];
    int[] indices = new int[features.length];
    for (int i = 0; i < features.length; i++) {
      features[i] = extractor().shape().allocate();
      indices[i] = i;
    }
    extractor().extract(images, indices, features, features.length);
    return features;
  }

  /** The teacher's token embedding of all images, (B, N, D). */
  HostTensor embedding() {
    SameDiff graph = SameDiff.create();
    int side = shape.side();
    Layers layers =
        new Layers(graph, options.lowering(), teacher.grid(side, side), teacher.weights().width());
    SDVariable image = graph.placeHolder("image", DataType.FLOAT, -1, 3, side, side);
    String name = teacher.embed(layers, image, options.position()).name();
    long[] shape = {images.count(), 3, side, side};
    Plan plan = Plan.compile(layers, graph, Map.of("image", shape), List.of(name), workers);
    float[] pixels = images.batch();
    Plan.floats(plan.input("image")).copyFrom(pixels, 0, 0, pixels.length);
    plan.run();
    return new HostTensor(
        Plan.floats(plan.output(name)).toArray(), images.count(), this.shape.tokens(), layers.width());
  }

  TrainingSession session() {
    return new TrainingSession(
        teacher, options, shape.side(), images.count(), RandomValues::of, workers);
  }

  /** Images in memory. */
  record Images(int size, List<byte[]> all) implements TrainingImages {
    static Images random(int count, int size) {
      List<byte[]> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(RandomValues.pixels(i, 3 * size * size));
      }
      return new Images(size, all);
    }

    @Override
    public int count() {
      return all.size();
    }

    @Override
    public byte[] pixels(int image) {
      return all.get(image);
    }

    @Override
    public float[] normalized(byte[] pixels) {
      return ImageReader.normalise(new Rgb8(size, size, pixels));
    }

    @Override
    public boolean anomalous(int image) {
      return false;
    }

    /** What the teacher reads, (count, 3, size, size). */
    float[] batch() {
      int length = 3 * size * size;
      float[] batch = new float[count() * length];
      for (int i = 0; i < count(); i++) {
        System.arraycopy(normalized(all.get(i)), 0, batch, i * length, length);
      }
      return batch;
    }
  }
}
