package io.github.dyad.bench;

import io.github.dyad.distillation.FeatureExtractor;
import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.distillation.TrainingSession;
import io.github.dyad.kernel.Workers;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * How time and memory grow: the joint step with tokens, batch and depth, one of them at a time, and
 * the keeping of features with the number of images.
 */
final class Scaling {
  /**
   * One measurement.
   *
   * @param axis what is varied: tokens, batch, depth, images
   * @param ms median of a joint step; for images, of extracting the features of all of them
   * @param mebibytes the step's intermediate values; for images, their features
   */
  record Point(
      String axis, int tokens, int batch, int depth, int images, double ms, double mebibytes) {
    static final String CSV_HEADER = "axis,tokens,batch,depth,images,ms,mib";

    String csv() {
      return String.format(
          Locale.ROOT,
          "%s,%d,%d,%d,%d,%.3f,%.2f",
          axis,
          tokens,
          batch,
          depth,
          images,
          ms,
          mebibytes);
    }
  }

  private static final double MEBI = 1 << 20;

  private final Workers workers;
  private final int steps;
  private final Consumer<Point> listener;

  Scaling(Workers workers, int steps, Consumer<Point> listener) {
    this.workers = workers;
    this.steps = steps;
    this.listener = listener;
  }

  void of(Shape shape) {
    for (int factor : new int[] {1, 2, 3}) {
      listener.accept(step("tokens", shape.withSide(factor * shape.side())));
    }
    for (int batch = 2; batch <= shape.stepBatch(); batch *= 2) {
      listener.accept(step("batch", shape.withBatch(batch)));
    }
    if (shape.isRandom()) { // the depth of a teacher from a file is given
      for (int depth = shape.depth() / 2; depth <= 2 * shape.depth(); depth *= 2) {
        listener.accept(step("depth", shape.withDepth(depth)));
      }
    }
    for (int images : new int[] {32, 64, 128}) {
      listener.accept(features(shape, images));
    }
  }

  private Point step(String axis, Shape shape) {
    Case given = new Case(Work.JOINT_STEP, shape, workers);
    ImageFeatures[] features = given.features();
    boolean[] anomalous = new boolean[features.length];
    try (TrainingSession session = given.session()) {
      int[] step = {0};
      double ms = median(() -> session.step(step[0]++, given.images(), features, anomalous));
      return point(axis, shape, shape.stepBatch(), ms, session.plan().activationBytes());
    }
  }

  private Point features(Shape shape, int count) {
    Case given = new Case(Work.TEACHER_FORWARD, shape.withBatch(count), workers);
    FeatureExtractor extractor = given.extractor();
    ImageFeatures[] features = new ImageFeatures[count];
    Arrays.setAll(features, i -> extractor.shape().allocate());
    int[] indices = new int[count];
    Arrays.setAll(indices, i -> i);
    double ms = median(() -> extractor.extract(given.images(), indices, features, count));
    ImageFeatures one = features[0];
    long floats = (long) one.classTokens().length + one.group1().length + one.group2().length;
    return point("images", shape, count, ms, count * floats * Float.BYTES);
  }

  private static Point point(String axis, Shape shape, int images, double ms, long bytes) {
    return new Point(
        axis, shape.tokens(), shape.stepBatch(), shape.depth(), images, ms, bytes / MEBI);
  }

  private double median(Runnable run) {
    double[] ms = new double[steps];
    for (int i = -2; i < steps; i++) { // two to warm up
      long start = System.nanoTime();
      run.run();
      if (i >= 0) {
        ms[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    Arrays.sort(ms);
    return (ms[(steps - 1) / 2] + ms[steps / 2]) / 2;
  }
}
