package io.github.dyad.anomaly;

import io.github.dyad.distillation.ObjectiveConfig;
import io.github.dyad.distillation.ObjectiveConfig.ClassTokenSet;
import io.github.dyad.distillation.ObjectiveConfig.Normalization;
import io.github.dyad.distillation.ObjectiveConfig.Reduction;

/**
 * The encoder student's discrepancy on one image, in double precision, by the distance that it was
 * trained with: Eq. (2) over all tokens, or the last one alone.
 */
final class TokenDistance {
  private static final double EPSILON = 1e-6; // of the layer norm, as in training

  private final ObjectiveConfig config;
  private final int width;

  TokenDistance(ObjectiveConfig config, int width) {
    this.config = config;
    this.width = width;
  }

  /** Tokens that take part, of m = K + 1. */
  int count(int m) {
    return config.classTokenSet() == ClassTokenSet.BLOCKS ? m - 1 : m;
  }

  /**
   * MSE( c_T, c_E ), mean (or sum) over D, mean over the rows.
   *
   * @param at index of the first token's first element
   * @param rows tokens, one after the other
   */
  double mse(float[] teacher, float[] student, int at, int rows) {
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      sum += squared(teacher, student, at + r * width);
    }
    double mean = sum / rows;
    return config.classTokenReduction() == Reduction.MEAN ? mean / width : mean;
  }

  private double squared(float[] teacher, float[] student, int at) {
    double[] t = affine(teacher, at);
    double[] s = affine(student, at);
    double sum = 0;
    for (int i = at; i < at + width; i++) {
      double difference = (student[i] - s[0]) * s[1] - (teacher[i] - t[0]) * t[1];
      sum += difference * difference;
    }
    return sum;
  }

  /** Mean and 1/σ that a token is normalised by; (0, 1) for raw tokens. */
  private double[] affine(float[] token, int at) {
    if (config.classTokenNormalization() == Normalization.RAW) {
      return new double[] {0, 1};
    }
    double mean = 0;
    for (int i = at; i < at + width; i++) {
      mean += token[i];
    }
    mean /= width;
    double variance = 0;
    for (int i = at; i < at + width; i++) {
      variance += (token[i] - mean) * (token[i] - mean);
    }
    return new double[] {mean, 1 / Math.sqrt(variance / width + EPSILON)};
  }
}
