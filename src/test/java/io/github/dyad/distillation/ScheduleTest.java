package io.github.dyad.distillation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a training does at which step, and with which images. */
class ScheduleTest {
  /** Images without pixels; every {@code anomalousEvery}-th is a known anomaly. */
  private record Bare(int count, int anomalousEvery) implements TrainingImages {
    @Override
    public int size() {
      return 8;
    }

    @Override
    public byte[] pixels(int image) {
      throw new AssertionError("no pixels are asked for");
    }

    @Override
    public float[] normalized(byte[] pixels) {
      throw new AssertionError("no pixels are asked for");
    }

    @Override
    public boolean anomalous(int image) {
      return anomalousEvery > 0 && image % anomalousEvery == 0;
    }
  }

  @Test
  void hard_mining_spares_a_share_that_rises_to_nine_tenths_over_1000_steps() {
    HardMining mining = new HardMining(ObjectiveConfig.DEFAULTS);
    assertEquals(0, mining.share(0));
    assertEquals(0.45, mining.share(500), 1e-12);
    assertEquals(0.9, mining.share(1000), 1e-12);
    assertEquals(0.9, mining.share(50_000), 1e-12);
  }

  @Test
  void the_threshold_is_the_kth_largest_with_k_at_least_1() {
    HardMining mining = new HardMining(ObjectiveConfig.DEFAULTS);
    assertEquals(392, mining.rank(0, 392), "all patches learn at first");
    assertEquals(215, mining.rank(500, 392), "⌊392 · 0.55⌋");
    assertEquals(1, mining.rank(2000, 4), "⌊4 · 0.1⌋ is 0");
  }

  @Test
  void the_rate_rises_over_100_steps_and_falls_to_a_tenth() {
    LearningRate rate = new LearningRate(OptimizerConfig.DEFAULTS, 5000);
    double peak = OptimizerConfig.DEFAULTS.learningRate();
    assertEquals(0, rate.at(0));
    assertEquals(peak * 50 / 99, rate.at(50), peak * 1e-12);
    assertEquals(peak, rate.at(100), peak * 1e-12);
    assertEquals(peak * 0.55, rate.at(2550), peak * 1e-12);
    assertTrue(rate.at(4999) > peak / 10 && rate.at(4999) < peak * 0.1001);
  }

  @Test
  void a_short_run_warms_up_for_a_tenth_of_its_steps() {
    LearningRate rate = new LearningRate(OptimizerConfig.DEFAULTS, 300);
    double peak = OptimizerConfig.DEFAULTS.learningRate();
    assertEquals(peak * 15 / 29, rate.at(15), peak * 1e-12);
    assertEquals(peak, rate.at(30), peak * 1e-12);
  }

  @Test
  void held_back_normals_are_drawn_once_and_never_trained_on() {
    TrainingConfig config = new TrainingConfig(10, 8, 3, 0.1, TrainingConfig.Kept.LAST);
    HeldBack held = HeldBack.of(new Bare(100, 5), config);
    assertEquals(8, held.heldBack().length, "a tenth of 80 normals");
    for (int i : held.heldBack()) {
      assertTrue(i % 5 != 0, "a known anomaly gives no threshold");
    }
    int[] all =
        IntStream.concat(Arrays.stream(held.heldBack()), Arrays.stream(held.trained()))
            .sorted()
            .toArray();
    assertArrayEquals(IntStream.range(0, 100).toArray(), all);
    assertArrayEquals(held.heldBack(), HeldBack.of(new Bare(100, 5), config).heldBack());
  }

  @Test
  void few_images_are_all_trained_on() {
    assertEquals(
        0,
        HeldBack.of(new Bare(21, 0), new TrainingConfig(10, 8, 0, 0.1, TrainingConfig.Kept.LAST))
            .heldBack()
            .length);
  }

  @Test
  void every_half_survives_the_way_to_float_and_back() {
    for (int bits = 0; bits < 0x10000; bits++) {
      short half = (short) bits;
      if ((bits & 0x7fff) <= 0x7c00) {
        assertEquals(half, Half.of(Half.toFloat(half)), "bits " + Integer.toHexString(bits));
      }
    }
    assertEquals(1f, Half.round(1 + 0x1p-11f), "ties go to even");
    assertTrue(Float.isInfinite(Half.round(65520f)));
  }
}
