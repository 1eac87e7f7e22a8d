package io.github.dyad.distillation;

import io.github.dyad.distillation.ObjectiveConfig.DistilledTokens;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.InitialWeights;
import io.github.dyad.student.TappedLayers;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.tensor.HostTensor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;

/**
 * Distils a teacher to students on one set of images. The weights are a function of teacher, images
 * and options alone: not of workers, time, or interruptions.
 */
public final class Trainer {
  /** Follows a training. */
  public interface Listener {
    /**
     * @param step from 0
     * @param replayed made by an earlier process and remembered by a checkpoint
     */
    void step(int step, StepLosses losses, boolean replayed);

    /** Asked between steps. */
    boolean stopRequested();
  }

  /** Time between checkpoints, if nothing else is asked. */
  public static final Duration CHECKPOINT_EVERY = Duration.ofMinutes(2);

  private final Teacher teacher;
  private final TrainingOptions options;
  private final TrainingImages images;
  private final Workers workers;
  private final BiFunction<String, long[], float[]> initial;
  private BatchOrder order;
  private int steps = Integer.MAX_VALUE;
  private long checkpointNanos = CHECKPOINT_EVERY.toNanos();

  public Trainer(Teacher teacher, TrainingOptions options, TrainingImages images, Workers workers) {
    this(
        teacher,
        options,
        images,
        workers,
        new InitialWeights(
                options.encoderStudent(), options.decoderStudent(), options.training().seed())
            ::values);
  }

  /**
   * @param initial starting values of a tensor by name and shape
   */
  public Trainer(
      Teacher teacher,
      TrainingOptions options,
      TrainingImages images,
      Workers workers,
      BiFunction<String, long[], float[]> initial) {
    this.teacher = teacher;
    this.options = options;
    this.images = images;
    this.workers = workers;
    this.initial = initial;
    this.order =
        BatchOrder.shuffled(
            HeldBack.of(images, options.training()).trained(),
            options.training().batchSize(),
            options.training().seed());
  }

  /** What a training starts from, without a step: by name. */
  public Map<String, HostTensor> initialWeights() {
    try (TrainingSession session = session()) {
      return session.weights();
    }
  }

  /**
   * Trains to the end, or from a checkpoint on.
   *
   * @param keeping whether the teacher's features are kept on disk
   * @param checkpoints a folder for this training's checkpoint, or null for none
   * @param featureProgress hears how many more images have their features kept
   * @return the students' weights by name; null if the listener asked to stop (a checkpoint is
   *     written then)
   * @throws DivergedException when the loss is no longer a number
   */
  public Map<String, HostTensor> run(
      FeatureKeeping keeping, Path checkpoints, IntConsumer featureProgress, Listener listener) {
    try (TrainingSession session = session();
        FeatureExtractor extractor = needsTeacher(session) ? extractor() : null) {
      FeatureSource features = features(extractor, keeping, featureProgress);
      return run(session, features, checkpoints, listener);
    }
  }

  private Map<String, HostTensor> run(
      TrainingSession session, FeatureSource features, Path checkpoints, Listener listener) {
    List<StepLosses> history = new ArrayList<>();
    Checkpoint checkpoint = checkpoints == null ? null : Checkpoint.read(checkpoints);
    if (checkpoint != null) {
      session.restore(checkpoint.weights(), checkpoint.optimizer());
      history = checkpoint.losses();
      for (int step = 0; step < history.size(); step++) {
        listener.step(step, history.get(step), true);
      }
    }
    ImageFeatures[] batch = new ImageFeatures[order.batchSize()];
    for (int i = 0; i < batch.length; i++) {
      batch[i] = shape().allocate();
    }
    boolean[] anomalous = new boolean[batch.length];
    long written = System.nanoTime();
    int end = Math.min(steps, options.training().iterations());
    for (int step = history.size(); step < end; step++) {
      boolean stop = listener.stopRequested();
      if (checkpoints != null && (stop || System.nanoTime() - written > checkpointNanos)) {
        new Checkpoint(session.weights(), session.optimizerState(), history).write(checkpoints);
        written = System.nanoTime();
      }
      if (stop) {
        return null;
      }
      int[] indices = order.at(step);
      features.load(indices, batch);
      for (int b = 0; b < indices.length; b++) {
        anomalous[b] = images.anomalous(indices[b]);
      }
      StepLosses losses = session.step(step, images, batch, anomalous);
      if (!Double.isFinite(losses.loss())) {
        throw new DivergedException(step, losses);
      }
      history.add(losses);
      listener.step(step, losses, false);
    }
    return session.weights();
  }

  /** Takes the images of every step from a list instead of the seeded order. */
  public void useOrder(BatchOrder given) {
    this.order = given;
  }

  /** Time between checkpoints. */
  public void checkpointEvery(Duration time) {
    this.checkpointNanos = time.toNanos();
  }

  /** Ends after so many steps; the schedule stays that of all iterations. */
  public void stopAfter(int count) {
    this.steps = count;
  }

  private TrainingSession session() {
    return new TrainingSession(
        teacher, options, images.size(), order.batchSize(), initial, workers);
  }

  private ImageFeatures.Shape shape() {
    return new ImageFeatures.Shape(
        images.size(),
        teacher.transformer().classTokens(),
        teacher.grid(images.size(), images.size()).count(),
        teacher.weights().width());
  }

  /** Patch tokens of all layers are too many to keep: the step's graph runs the teacher then. */
  private boolean needsTeacher(TrainingSession session) {
    return options.objective().distilledTokens() != DistilledTokens.PATCH
        && session.needsFeatures();
  }

  private FeatureExtractor extractor() {
    return new FeatureExtractor(
        teacher,
        options.position(),
        TappedLayers.of(options.decoderStudent(), teacher.weights().depth()),
        images.size(),
        options.halfFeatures(),
        options.lowering(),
        workers);
  }

  private FeatureSource features(
      FeatureExtractor extractor, FeatureKeeping keeping, IntConsumer progress) {
    if (extractor == null) {
      return FeatureSource.pixelsOnly(images);
    }
    double visits = (double) options.training().iterations() * order.batchSize() / images.count();
    long bytes = FeatureFile.bytes(shape(), options.halfFeatures(), images.count());
    return keeping.decide(bytes, visits)
        ? FeatureSource.kept(keeping, extractor, options.halfFeatures(), images, progress)
        : FeatureSource.computed(extractor, images);
  }
}
