package io.github.dyad.method;

import io.github.dyad.Require;
import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.tensor.HostTensor;
import java.util.Map;

/**
 * Deep nearest neighbours (Sun, Ming, Zhu, Li, ICML 2022): the paper's KNN, on class tokens.
 *
 * <pre>z = c^m / ‖c^m‖,  s(x) = ‖z − z_(k)‖, z_(k) the k-th nearest training image</pre>
 *
 * c^m is the class token after the teacher's final norm. Departs from the source in nothing but the
 * network; where there are fewer than k training images, k is their number.
 *
 * @param neighbours k; 50 is what the source takes on CIFAR-10
 * @param normalized whether features are scaled to length 1
 * @param score the distance to the k-th neighbour, or the mean of the distances to all k
 */
public record NearestNeighbours(int neighbours, boolean normalized, Score score) implements Method {
  public enum Score {
    KTH,
    MEAN
  }

  private static final String MEMORY = "class_tokens";

  public NearestNeighbours() {
    this(50, true, Score.KTH);
  }

  public NearestNeighbours {
    Require.atLeast("options.knn.neighbours", neighbours, 1);
  }

  @Override
  public String name() {
    return "knn";
  }

  @Override
  public Map<String, HostTensor> fit(TrainingFeatures images) {
    int width = images.shape().width();
    float[] memory = new float[Math.multiplyExact(images.count(), width)];
    images.forEach(
        (i, features) ->
            System.arraycopy(query(features, images.shape()), 0, memory, i * width, width));
    return Map.of(MEMORY, new HostTensor(memory, images.count(), width));
  }

  @Override
  public FittedMethod open(Map<String, HostTensor> model, FeatureShape shape) {
    Memory memory = new Memory(model.get(MEMORY).values(), shape.width());
    return image -> {
      double[] distances = memory.nearest(query(image, shape), neighbours)[0].distances();
      double sum = 0;
      for (double distance : distances) {
        sum += distance;
      }
      return new FittedMethod.Verdict(
          score == Score.KTH ? distances[distances.length - 1] : sum / distances.length, null);
    };
  }

  /** z, (D). */
  private float[] query(ImageFeatures image, FeatureShape shape) {
    float[] z = shape.lastClassToken(image);
    double squares = 0;
    for (float value : z) {
      squares += (double) value * value;
    }
    double scale = normalized && squares > 0 ? 1 / Math.sqrt(squares) : 1;
    for (int i = 0; i < z.length; i++) {
      z[i] = (float) (z[i] * scale);
    }
    return z;
  }
}
