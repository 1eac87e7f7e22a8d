package io.github.dyad.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.Extensions;
import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.kernel.Workers;
import io.github.dyad.method.NearestNeighbours.Score;
import io.github.dyad.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class MethodLawsTest {
  private static final FeatureShape SHAPE = MadeFeatures.shape(2, 0, 4, 5, 8);

  private static List<ImageFeatures> images(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<ImageFeatures> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      images.add(
          new ImageFeatures(
              new byte[0], values(random, 16), values(random, 21 * 8), values(random, 21 * 8)));
    }
    return images;
  }

  private static float[] values(SplittableRandom random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  private static FittedMethod fitted(Method method, List<ImageFeatures> images) {
    try (Workers workers = new Workers(1)) {
      return method.open(method.fit(new MadeFeatures(images, SHAPE, 3, workers)), SHAPE);
    }
  }

  @Test
  void an_image_that_was_seen_is_not_anomalous() {
    for (long seed = 0; seed < 20; seed++) {
      List<ImageFeatures> images = images(seed, 7);
      for (Method method :
          List.of(
              new NearestNeighbours(1, true, Score.KTH), new PatchCore(1, 1000, 1000, 4, 3, 5))) {
        assertEquals(
            0,
            fitted(method, images).judge(images.get(3)).score(),
            1e-12,
            method.name() + " seed " + seed);
      }
    }
  }

  @Test
  void more_normal_images_never_raise_a_nearest_distance() {
    for (long seed = 0; seed < 20; seed++) {
      List<ImageFeatures> few = images(seed, 6);
      List<ImageFeatures> more = new ArrayList<>(few);
      more.addAll(images(seed + 1000, 9));
      ImageFeatures image = images(seed + 2000, 1).get(0);
      Method method = new NearestNeighbours(3, true, Score.KTH);
      assertTrue(
          fitted(method, more).judge(image).score() <= fitted(method, few).judge(image).score(),
          "seed " + seed);
    }
  }

  @Test
  void a_coreset_covers_all_patches_better_the_larger_it_is() {
    List<ImageFeatures> images = images(5, 40);
    double before = Double.POSITIVE_INFINITY;
    for (double share : new double[] {0.01, 0.05, 0.2, 1}) {
      FittedMethod fitted = fitted(new PatchCore(share, 10_000, 10_000, 0, 3, 1), images);
      double worst = 0;
      for (ImageFeatures image : images) {
        worst = Math.max(worst, fitted.judge(image).score());
      }
      assertTrue(worst <= before, share + ": " + worst + " after " + before);
      before = worst;
    }
    assertEquals(0, before, 1e-12);
  }

  @Test
  void a_bounded_memory_holds_so_many_patches_and_the_seed_chooses_them() {
    List<ImageFeatures> images = images(6, 30);
    PatchCore method = new PatchCore(0.5, 100, 20, 4, 1, 1);
    HostTensor one = memory(method, images, 1, 1);
    assertArrayEquals(new long[] {20, 16}, one.shape());
    assertArrayEquals(one.values(), memory(method, images, 1, 1).values());
    assertTrue(!one.equals(memory(method, images, 2, 1)));
  }

  @Test
  void the_number_of_workers_changes_no_bit() {
    List<ImageFeatures> images = images(7, 300); // three blocks of patches
    PatchCore method = new PatchCore(0.02, 10_000, 10_000, 6, 3, 5);
    assertArrayEquals(memory(method, images, 1, 1).values(), memory(method, images, 1, 3).values());
  }

  private static HostTensor memory(
      Method method, List<ImageFeatures> images, long seed, int threads) {
    try (Workers workers = new Workers(threads)) {
      Map<String, HostTensor> model = method.fit(new MadeFeatures(images, SHAPE, seed, workers));
      return model.get("patches");
    }
  }

  @Test
  void neighbours_are_exact_however_large_the_memory() {
    SplittableRandom random = new SplittableRandom(9);
    int n = 9001; // three blocks
    float[] rows = values(random, n * 8);
    System.arraycopy(rows, 0, rows, 5000 * 8, 8); // a tie
    Memory memory = new Memory(rows, 8);
    float[] queries = values(random, 3 * 8);
    System.arraycopy(rows, 0, queries, 0, 8);
    Memory.Neighbours[] found = memory.nearest(queries, 4);
    assertArrayEquals(new int[] {0, 5000}, java.util.Arrays.copyOf(found[0].rows(), 2));
    for (int q = 0; q < 3; q++) {
      double[] all = new double[n];
      for (int r = 0; r < n; r++) {
        all[r] = memory.distance(queries, q * 8, r);
      }
      java.util.Arrays.sort(all);
      assertArrayEquals(java.util.Arrays.copyOf(all, 4), found[q].distances());
    }
  }

  @Test
  void dyads_own_methods_come_through_the_service_loader() {
    assertEquals(
        List.of("knn", "patchcore"),
        Extensions.all(Method.class).stream().map(Method::name).toList());
  }
}
