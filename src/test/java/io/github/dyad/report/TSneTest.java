package io.github.dyad.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Goldens: src/test/recipes/tsne_goldens.py, scikit-learn 1.2.1. */
final class TSneTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final JsonNode golden = golden();

  @Test
  void joint_probabilities_are_scikit_learns() {
    double[][] joint =
        TSne.joint(TSne.squaredDistances(floats("points")), golden.get("perplexity").asDouble());
    double[][] expected = doubles("joint");
    for (int i = 0; i < joint.length; i++) {
      // Its search for β ends at an entropy within 1e-5 and runs in float32.
      assertArrayEquals(expected[i], joint[i], 2e-6, "row " + i);
    }
  }

  @Test
  void divergence_and_gradient_are_scikit_learns() {
    double[][] y = doubles("embedding");
    double[][] gradient = new double[y.length][2];
    double divergence = TSne.gradient(doubles("joint"), 1, y, gradient);
    // Its P leaves out 0 on the diagonal; ours too. Sums of 276 terms in double precision.
    assertEquals(golden.get("kl").asDouble(), divergence, 1e-9);
    double[][] expected = doubles("gradient");
    for (int i = 0; i < y.length; i++) {
      assertArrayEquals(expected[i], gradient[i], 1e-9, "point " + i);
    }
  }

  @Test
  void well_separated_blobs_stay_apart() {
    for (long seed = 0; seed < 3; seed++) {
      int n = 120;
      float[][] points = blobs(n, seed);
      double[][] y = TSne.embed(points, 30);
      int pure = 0;
      for (int i = 0; i < n; i++) {
        int self = i;
        pure +=
            IntStream.range(0, n)
                    .filter(j -> j != self)
                    .boxed()
                    .sorted(Comparator.comparingDouble(j -> squared(y[self], y[j])))
                    .limit(10)
                    .allMatch(j -> j % 3 == self % 3)
                ? 1
                : 0;
      }
      assertEquals(n, pure, "images with ten neighbours of their own blob, seed " + seed);
    }
  }

  @Test
  void the_same_points_have_the_same_picture() {
    float[][] points = blobs(30, 4);
    assertTrue(Arrays.deepEquals(TSne.embed(points, 5), TSne.embed(points, 5)));
  }

  @Test
  void equal_points_end_in_numbers() {
    for (double[] point : TSne.embed(new float[20][3], 30)) {
      assertTrue(Double.isFinite(point[0]) && Double.isFinite(point[1]));
    }
  }

  private static double squared(double[] a, double[] b) {
    return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]);
  }

  /** Three clouds, twelve deviations apart, dealt out in turn. */
  private static float[][] blobs(int n, long seed) {
    Random random = new Random(seed);
    float[][] points = new float[n][10];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < 10; k++) {
        points[i][k] = (float) (random.nextGaussian() + (k == i % 3 ? 12 : 0));
      }
    }
    return points;
  }

  private float[][] floats(String name) {
    return Arrays.stream(doubles(name))
        .map(
            row -> {
              float[] floats = new float[row.length];
              for (int i = 0; i < row.length; i++) {
                floats[i] = (float) row[i];
              }
              return floats;
            })
        .toArray(float[][]::new);
  }

  private double[][] doubles(String name) {
    return JSON.convertValue(golden.get(name), double[][].class);
  }

  private static JsonNode golden() {
    try (InputStream in = TSneTest.class.getResourceAsStream("/goldens/report/tsne.json")) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
