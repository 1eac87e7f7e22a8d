package io.github.dyad.distillation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dyad.tensor.HostTensor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BestWeightsTest {
  @TempDir Path folder;

  /** A validation loss that is the weight itself. */
  private static double loss(Map<String, HostTensor> weights) {
    return weights.get("w").values()[0];
  }

  private static Map<String, HostTensor> weight(float value) {
    return Map.of("w", new HostTensor(new float[] {value}, new long[] {1}));
  }

  @Test
  void the_lowest_loss_is_kept_and_the_first_of_equal_ones() {
    BestWeights best = new BestWeights(BestWeightsTest::loss, null);
    Map<String, HostTensor> first = weight(2);
    for (Map<String, HostTensor> weights : java.util.List.of(weight(3), first, weight(2))) {
      best.judge(weights);
    }
    assertEquals(first, best.weights());
  }

  @Test
  void an_interrupted_training_goes_on_with_what_it_had() {
    new BestWeights(BestWeightsTest::loss, folder).judge(weight(0.25f));
    BestWeights later = new BestWeights(BestWeightsTest::loss, folder);
    later.judge(weight(0.5f));
    assertEquals(0.25, loss(later.weights()));
    later.judge(weight(0.125f));
    assertEquals(0.125, loss(new BestWeights(BestWeightsTest::loss, folder).weights()));
  }

  @Test
  void the_loss_of_a_normal_image_is_the_objectives_own() {
    ObjectiveConfig noisyOr = ObjectiveConfig.DEFAULTS;
    double p = 1 - (1 - Math.exp(-0.5)) * (1 - Math.exp(-0.25));
    assertEquals(-Math.log(p), noisyOr.normalLoss(0.5, 0.25), 1e-12);
    assertEquals(0, noisyOr.normalLoss(0, 3), 1e-12);
  }
}
