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
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.dataset.MultiDataSet;

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

    /**
     * After {@link #step}, of the steps that are made here. Nothing it does reaches the weights.
     *
     * @param weights the students' present weights by name; made when asked for
     */
    default void weights(int step, Supplier<Map<String, HostTensor>> weights) {}
  }

  /** Judges weights by images that are neither trained nor tested on. */
  public interface Validation {
    /** Lower is better. */
    double loss(Map<String, HostTensor> weights);
  }

  /** So many times in a training weights are judged, the last step included. */
  private static final int VALIDATIONS = 20;

  /** Time between checkpoints, if nothing else is asked. */
  public static final Duration CHECKPOINT_EVERY = Duration.ofMinutes(2);

  private final Teacher teacher;
  private final TrainingOptions options;
  private final TrainingImages images;
  private final Workers workers;
  private final BiFunction<String, long[], float[]> initial;
  private final List<org.nd4j.autodiff.listeners.Listener> graphListeners = new ArrayList<>();
  private BatchOrder order;
  private Validation validation;
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
      FeatureSource features =
          features(extractor, keeping, featureProgress, listener::stopRequested);
      return features == null ? null : run(session, features, checkpoints, listener);
    }
  }

  /** SameDiff's own listeners, which hear the steps of {@link #run}; {@link GraphListeners}. */
  public void addListeners(org.nd4j.autodiff.listeners.Listener... listeners) {
    graphListeners.addAll(List.of(listeners));
  }

  /**
   * The batches of {@link #run} for ND4J.
   *
   * @param keeping as for {@link #run}
   */
  public FeatureIterator iterator(FeatureKeeping keeping) {
    FeatureExtractor extractor = extractor();
    return new FeatureIterator(
        features(extractor, keeping, done -> {}, () -> false),
        extractor,
        images,
        order,
        shape(),
        options.training().iterations());
  }

  /** The training's graph with its starting weights, for plain SameDiff. */
  public SameDiff graph() {
    return PlainGraph.of(teacher, options, images.size(), initial);
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
    BestWeights best = validation == null ? null : new BestWeights(validation, checkpoints);
    ImageFeatures[] batch = new ImageFeatures[order.batchSize()];
    for (int i = 0; i < batch.length; i++) {
      batch[i] = shape().allocate();
    }
    GraphListeners heard = new GraphListeners();
    graphListeners.forEach(graphListener -> heard.add(session.graph(), graphListener));
    long started = System.nanoTime();
    heard.epochStart(session.graph(), history.size());
    long written = started;
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
      long loading = System.nanoTime();
      features.load(indices, batch);
      boolean[] anomalous = FeatureIterator.anomalous(images, indices);
      MultiDataSet data = null;
      if (!heard.isEmpty()) {
        data = FeatureIterator.of(images, batch, anomalous, shape());
        heard.iterationStart(session.graph(), step, data, millisSince(loading));
      }
      StepLosses losses = session.step(step, images, batch, anomalous);
      if (!Double.isFinite(losses.loss())) {
        throw new DivergedException(step, losses);
      }
      history.add(losses);
      listener.step(step, losses, false);
      if (data != null) {
        heard.iterationDone(session.graph(), step, data, losses);
      }
      listener.weights(step, session::weights);
      if (best != null && isJudged(step, end)) {
        best.judge(session.weights());
      }
    }
    heard.epochEnd(session.graph(), end - 1, millisSince(started));
    return best == null ? session.weights() : best.weights();
  }

  private static boolean isJudged(int step, int end) {
    int every = Math.max(1, end / VALIDATIONS);
    return (step + 1) % every == 0 || step + 1 == end;
  }

  /** The training then ends with the best weights seen, not with the last. */
  public void keepBest(Validation by) {
    this.validation = by;
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
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
      FeatureExtractor extractor,
      FeatureKeeping keeping,
      IntConsumer progress,
      BooleanSupplier stop) {
    if (extractor == null) {
      return FeatureSource.pixelsOnly(images);
    }
    double visits = (double) options.training().iterations() * order.batchSize() / images.count();
    return FeatureSource.of(
        keeping, extractor, options.halfFeatures(), images, visits, progress, stop);
  }
}
