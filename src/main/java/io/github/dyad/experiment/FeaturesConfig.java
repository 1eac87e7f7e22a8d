package io.github.dyad.experiment;

import io.github.dyad.Require;
import io.github.dyad.distillation.FeatureKeeping.Keep;

/**
 * How the frozen teacher's features of the training images are kept.
 *
 * @param keep on disk from one epoch and training to the next; {@code auto}: where that pays and
 *     fits
 * @param type of each number; part of the training's key, and applied whether they are kept or not
 * @param maxDiskGb the most that kept features may take, in 10⁹ bytes
 */
public record FeaturesConfig(Keep keep, ElementType type, double maxDiskGb) {
  public enum ElementType {
    FLOAT32,
    FLOAT16
  }

  public static final FeaturesConfig DEFAULTS =
      new FeaturesConfig(Keep.AUTO, ElementType.FLOAT32, 20);

  public FeaturesConfig {
    Require.positive("features.maxDiskGb", maxDiskGb);
  }
}
