package io.github.dyad.distillation;

/** How many patches the hard mining spares, by step (Dinomaly's loose loss). */
final class HardMining {
  private final ObjectiveConfig config;

  HardMining(ObjectiveConfig config) {
    this.config = config;
  }

  /** p at a step from 0: rises linearly from 0 to its share over the ramp, if there is one. */
  double share(int step) {
    double share = config.hardMiningShare();
    int ramp = config.hardMiningRamp();
    return step < ramp ? share * step / ramp : share;
  }

  /**
   * k = max(1, ⌊n(1 − p)⌋): the threshold is the k-th largest distance.
   *
   * @param patches n, of the batch's normal images
   */
  long rank(int step, long patches) {
    return Math.max(1, (long) Math.floor(patches * (1 - share(step))));
  }
}
