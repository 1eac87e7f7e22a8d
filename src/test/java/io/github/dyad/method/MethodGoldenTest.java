package io.github.dyad.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.kernel.Workers;
import io.github.dyad.method.NearestNeighbours.Score;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Against scikit-learn and NumPy: {@code src/test/recipes/method_goldens.py}. */
final class MethodGoldenTest {
  private static final Map<String, HostTensor> GOLDEN =
      Safetensors.read(Path.of("src/test/resources/goldens/method/methods.safetensors")).tensors();
  private static final FeatureShape SHAPE = MadeFeatures.shape(3, 1, 3, 4, 5);
  private static final double TOLERANCE = 1e-6;

  private static List<ImageFeatures> images(String part) {
    List<ImageFeatures> images = new ArrayList<>();
    int count = (int) GOLDEN.get(part + "_group1").shape()[0];
    for (int i = 0; i < count; i++) {
      images.add(
          new ImageFeatures(
              new byte[0],
              one(part + "_class_tokens", i),
              one(part + "_group1", i),
              one(part + "_group2", i)));
    }
    return images;
  }

  private static float[] one(String name, int image) {
    HostTensor tensor = GOLDEN.get(name);
    int size = tensor.values().length / (int) tensor.shape()[0];
    return Arrays.copyOfRange(tensor.values(), image * size, (image + 1) * size);
  }

  private static void assertScores(String golden, Method method) {
    try (Workers workers = new Workers(2)) {
      Map<String, HostTensor> model =
          method.fit(new MadeFeatures(images("train"), SHAPE, 0, workers));
      FittedMethod fitted = method.open(model, SHAPE);
      List<ImageFeatures> test = images("test");
      for (int i = 0; i < test.size(); i++) {
        float expected = GOLDEN.get(golden).values()[i];
        assertEquals(
            expected,
            fitted.judge(test.get(i)).score(),
            TOLERANCE * expected,
            golden + ", image " + i);
      }
    }
  }

  @Test
  void nearest_neighbours_score_as_scikit_learn_measures() {
    assertScores("knn_kth", new NearestNeighbours(4, true, Score.KTH));
    assertScores("knn_mean", new NearestNeighbours(4, true, Score.MEAN));
    assertScores("knn_raw", new NearestNeighbours(4, false, Score.KTH));
  }

  @Test
  void the_coreset_is_the_greedy_one() {
    PatchCore method = new PatchCore(0.1, 1000, 1000, 0, 3, 5);
    Map<String, HostTensor> model =
        method.fit(new MadeFeatures(images("train"), SHAPE, 0, new Workers(1)));
    float[] memory = model.get("patches").values();
    float[] chosen = GOLDEN.get("coreset").values();
    assertEquals(chosen.length * 10, memory.length);
    List<ImageFeatures> train = images("train");
    for (int i = 0; i < chosen.length; i++) {
      int patch = (int) chosen[i] % 12;
      float[] all = method.patches(train.get((int) chosen[i] / 12), SHAPE);
      assertArrayEquals(
          Arrays.copyOfRange(all, patch * 10, patch * 10 + 10),
          Arrays.copyOfRange(memory, i * 10, i * 10 + 10),
          "patch " + i + " of the coreset");
    }
  }

  @Test
  void patchcore_scores_images_and_patches_as_numpy_does() {
    assertScores("patchcore_score", new PatchCore(0.1, 1000, 1000, 0, 3, 5));
    assertScores("patchcore_unweighted", new PatchCore(0.1, 1000, 1000, 0, 3, 1));
    PatchCore method = new PatchCore(0.1, 1000, 1000, 0, 3, 5);
    FittedMethod fitted =
        method.open(method.fit(new MadeFeatures(images("train"), SHAPE, 0, new Workers(1))), SHAPE);
    List<ImageFeatures> test = images("test");
    for (int i = 0; i < test.size(); i++) {
      double[] patches = fitted.judge(test.get(i)).patches();
      float[] expected = one("patchcore_patches", i);
      for (int p = 0; p < patches.length; p++) {
        assertEquals(
            expected[p], patches[p], TOLERANCE * expected[p], "image " + i + " patch " + p);
      }
    }
  }
}
