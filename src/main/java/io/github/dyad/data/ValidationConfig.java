package io.github.dyad.data;

import io.github.dyad.Require;

/**
 * How training images become a validation split; see {@link ValidationLayout}.
 *
 * @param share of each category's training images that is held back
 * @param images held back at most, all categories together; 0: no limit
 * @param seed decides which, and what is done to them
 */
public record ValidationConfig(double share, int images, long seed) {
  public static final ValidationConfig DEFAULTS = new ValidationConfig(0.2, 100, 0);

  public ValidationConfig {
    Require.open("search.validation.share", share, 0, 1);
    Require.atLeast("search.validation.images", images, 0);
  }
}
