package io.github.dyad.metric;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/** Scores and labels that the laws of the image metrics are tried on. */
record Scores(double[] values, boolean[] anomalous, String summary) {

  /** Between 2 and 400 samples, both classes present, with no ties, some ties or many. */
  static Scores random(long seed) {
    Random random = new Random(seed);
    int n = 2 + random.nextInt(399);
    double share = random.nextDouble();
    double step = new double[] {0, 0.01, 0.5, 2}[random.nextInt(4)];
    double[] values = new double[n];
    boolean[] anomalous = new boolean[n];
    for (int i = 0; i < n; i++) {
      anomalous[i] = i == 0 || (i > 1 && random.nextDouble() < share);
      double value = random.nextGaussian() + (anomalous[i] ? 0.8 : 0);
      values[i] = step == 0 ? value : Math.round(value / step) * step;
    }
    return new Scores(values, anomalous, "seed " + seed + ", n " + n + ", step " + step);
  }

  Scores map(DoubleUnaryOperator f) {
    double[] mapped = new double[values.length];
    for (int i = 0; i < mapped.length; i++) {
      mapped[i] = f.applyAsDouble(values[i]);
    }
    return new Scores(mapped, anomalous, summary);
  }

  Scores withClassesSwapped() {
    boolean[] swapped = new boolean[anomalous.length];
    for (int i = 0; i < swapped.length; i++) {
      swapped[i] = !anomalous[i];
    }
    return new Scores(values, swapped, summary);
  }

  Scores reversed() {
    int n = values.length;
    double[] v = new double[n];
    boolean[] a = new boolean[n];
    for (int i = 0; i < n; i++) {
      v[i] = values[n - 1 - i];
      a[i] = anomalous[n - 1 - i];
    }
    return new Scores(v, a, summary);
  }
}
