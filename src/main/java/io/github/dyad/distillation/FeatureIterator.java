package io.github.dyad.distillation;

import java.util.List;
import java.util.NoSuchElementException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A training's batches for ND4J: the images in the seeded order of {@link Trainer}, with what the
 * frozen teacher makes of them. Features in the order of {@link #FEATURES}, no labels. Ends after
 * the training's iterations and can be reset to the first; not for several threads, and not to be
 * serialized.
 */
public final class FeatureIterator implements MultiDataSetIterator, AutoCloseable {
  private static final long serialVersionUID = 1L;

  /** Placeholders of the training graph, for {@code TrainingConfig.dataSetFeatureMapping}. */
  public static final List<String> FEATURES =
      List.of(
          TrainingSession.IMAGE,
          TrainingSession.CLASS_TOKENS,
          TrainingSession.GROUP_1,
          TrainingSession.GROUP_2,
          DistillationGraph.NORMAL);

  private final transient FeatureSource source;
  private final transient FeatureExtractor teacher;
  private final transient TrainingImages images;
  private final transient BatchOrder order;
  private final transient ImageFeatures.Shape shape;
  private final transient ImageFeatures[] batch;
  private final int steps;
  private MultiDataSetPreProcessor preProcessor;
  private int step;

  FeatureIterator(
      FeatureSource source,
      FeatureExtractor teacher,
      TrainingImages images,
      BatchOrder order,
      ImageFeatures.Shape shape,
      int steps) {
    this.source = source;
    this.teacher = teacher;
    this.images = images;
    this.order = order;
    this.shape = shape;
    this.steps = steps;
    this.batch = new ImageFeatures[order.batchSize()];
    for (int i = 0; i < batch.length; i++) {
      batch[i] = shape.allocate();
    }
  }

  @Override
  public boolean hasNext() {
    return step < steps;
  }

  @Override
  public MultiDataSet next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the training has " + steps + " steps");
    }
    int[] indices = order.at(step++);
    source.load(indices, batch);
    MultiDataSet data = of(images, batch, anomalous(images, indices), shape);
    if (preProcessor != null) {
      preProcessor.preProcess(data);
    }
    return data;
  }

  static boolean[] anomalous(TrainingImages images, int[] indices) {
    boolean[] anomalous = new boolean[indices.length];
    for (int b = 0; b < indices.length; b++) {
      anomalous[b] = images.anomalous(indices[b]);
    }
    return anomalous;
  }

  /** One batch's features as arrays: (B, 3, side, side), (B, m, D), twice (B·N, D), (B). */
  static MultiDataSet of(
      TrainingImages images,
      ImageFeatures[] batch,
      boolean[] anomalous,
      ImageFeatures.Shape shape) {
    int B = batch.length;
    int side = shape.side();
    float[] pixels = new float[B * 3 * side * side];
    float[] classTokens = new float[B * shape.classTokens() * shape.width()];
    float[] group1 = new float[B * shape.tokens() * shape.width()];
    float[] group2 = new float[group1.length];
    float[] normal = new float[B];
    for (int b = 0; b < B; b++) {
      put(images.normalized(batch[b].pixels()), pixels, b);
      put(batch[b].classTokens(), classTokens, b);
      put(batch[b].group1(), group1, b);
      put(batch[b].group2(), group2, b);
      normal[b] = anomalous[b] ? 0 : 1;
    }
    return new MultiDataSet(
        new INDArray[] {
          Nd4j.createFromArray(pixels).reshape('c', B, 3, side, side),
          Nd4j.createFromArray(classTokens).reshape('c', B, shape.classTokens(), shape.width()),
          Nd4j.createFromArray(group1).reshape('c', (long) B * shape.tokens(), shape.width()),
          Nd4j.createFromArray(group2).reshape('c', (long) B * shape.tokens(), shape.width()),
          Nd4j.createFromArray(normal)
        },
        new INDArray[0]);
  }

  private static void put(float[] image, float[] all, int b) {
    System.arraycopy(image, 0, all, b * image.length, image.length);
  }

  /** Batches have the training's size. */
  @Override
  public MultiDataSet next(int count) {
    if (count != batch.length) {
      throw new IllegalArgumentException("batches of " + batch.length + " images, not " + count);
    }
    return next();
  }

  @Override
  public void setPreProcessor(MultiDataSetPreProcessor given) {
    this.preProcessor = given;
  }

  @Override
  public MultiDataSetPreProcessor getPreProcessor() {
    return preProcessor;
  }

  @Override
  public boolean resetSupported() {
    return true;
  }

  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public void reset() {
    step = 0;
  }

  /** Frees the teacher; no batch can be made any more. */
  @Override
  public void close() {
    teacher.close();
  }
}
