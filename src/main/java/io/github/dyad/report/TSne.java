package io.github.dyad.report;

import java.util.SplittableRandom;

/**
 * Exact t-SNE to two dimensions (van der Maaten and Hinton, JMLR 9, 2008), with the settings of
 * scikit-learn's: early exaggeration 12 for 250 of 750 iterations, momentum 0.5 then 0.8, gains,
 * learning rate max(n/48, 50). O(n²) in time and memory: for a few hundred points. Deeplearning4j's
 * {@code BarnesHutTsne} is not used: its repulsion is wrong up to 8000 points.
 */
final class TSne {
  private static final int EXAGGERATED = 250;
  private static final int ITERATIONS = 750;
  private static final double EXAGGERATION = 12;
  private static final double EPSILON = Math.ulp(1.0);

  private TSne() {}

  /**
   * The same bits for the same points.
   *
   * @param points (n, any width), n at least 4
   * @param perplexity lowered to (n − 1)/3 where there are few points
   * @return (n, 2)
   */
  static double[][] embed(float[][] points, double perplexity) {
    int n = points.length;
    double[][] p = joint(squaredDistances(points), Math.min(perplexity, (n - 1) / 3.0));
    double[][] y = new double[n][2];
    SplittableRandom random = new SplittableRandom(0);
    for (double[] row : y) {
      row[0] = 1e-4 * (random.nextDouble() - 0.5);
      row[1] = 1e-4 * (random.nextDouble() - 0.5);
    }
    double rate = Math.max(n / EXAGGERATION / 4, 50);
    double[][] gains = new double[n][];
    double[][] velocity = new double[n][2];
    double[][] gradient = new double[n][2];
    for (int i = 0; i < n; i++) {
      gains[i] = new double[] {1, 1};
    }
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      boolean early = iteration < EXAGGERATED;
      gradient(p, early ? EXAGGERATION : 1, y, gradient);
      double momentum = early ? 0.5 : 0.8;
      for (int i = 0; i < n; i++) {
        for (int k = 0; k < 2; k++) {
          boolean turns = velocity[i][k] * gradient[i][k] < 0;
          gains[i][k] = Math.max(0.01, turns ? gains[i][k] + 0.2 : 0.8 * gains[i][k]);
          velocity[i][k] = momentum * velocity[i][k] - rate * gains[i][k] * gradient[i][k];
          y[i][k] += velocity[i][k];
        }
      }
    }
    return y;
  }

  static double[][] squaredDistances(float[][] points) {
    int n = points.length;
    double[][] distances = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double sum = 0;
        for (int k = 0; k < points[i].length; k++) {
          double difference = points[i][k] - points[j][k];
          sum += difference * difference;
        }
        distances[i][j] = sum;
        distances[j][i] = sum;
      }
    }
    return distances;
  }

  /**
   * p_ij = (p_j|i + p_i|j) / 2n, where p_j|i ∝ exp(−β_i d_ij) and β_i gives every point the
   * perplexity.
   */
  static double[][] joint(double[][] distances, double perplexity) {
    int n = distances.length;
    double[][] p = new double[n][n];
    for (int i = 0; i < n; i++) {
      conditional(distances[i], i, Math.log(perplexity), p[i]);
    }
    double[][] joint = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        joint[i][j] = i == j ? 0 : Math.max((p[i][j] + p[j][i]) / (2 * n), EPSILON);
      }
    }
    return joint;
  }

  /** Bisection over β until the row's entropy is log(perplexity). */
  private static void conditional(double[] distances, int self, double entropy, double[] p) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int j = 0; j < distances.length; j++) {
      nearest = j == self ? nearest : Math.min(nearest, distances[j]);
    }
    double low = 0;
    double high = Double.POSITIVE_INFINITY;
    double beta = 1;
    for (int step = 0; step < 100; step++) {
      double sum = 0;
      double weighted = 0;
      for (int j = 0; j < p.length; j++) {
        // Less the nearest: the same probabilities, and the sum is never 0.
        p[j] = j == self ? 0 : Math.exp(-beta * (distances[j] - nearest));
        sum += p[j];
        weighted += p[j] * (distances[j] - nearest);
      }
      double difference = Math.log(sum) + beta * weighted / sum - entropy;
      for (int j = 0; j < p.length; j++) {
        p[j] /= sum;
      }
      if (Math.abs(difference) < 1e-8) {
        return;
      }
      if (difference > 0) {
        low = beta;
        beta = Double.isInfinite(high) ? 2 * beta : (beta + high) / 2;
      } else {
        high = beta;
        beta = (beta + low) / 2;
      }
    }
  }

  /**
   * ∂KL/∂y_i = 4 Σ_j (p_ij − q_ij) (y_i − y_j) / (1 + ‖y_i − y_j‖²).
   *
   * @param exaggeration factor of p
   * @return KL(P‖Q) of the exaggerated P, as scikit-learn tells it
   */
  static double gradient(double[][] p, double exaggeration, double[][] y, double[][] gradient) {
    int n = y.length;
    double[][] kernel = new double[n][n];
    double total = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double dx = y[i][0] - y[j][0];
        double dy = y[i][1] - y[j][1];
        kernel[i][j] = 1 / (1 + dx * dx + dy * dy);
        total += 2 * kernel[i][j];
      }
      gradient[i][0] = 0;
      gradient[i][1] = 0;
    }
    double divergence = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double exaggerated = exaggeration * p[i][j];
        double q = Math.max(kernel[i][j] / total, EPSILON);
        divergence += 2 * exaggerated * Math.log(exaggerated / q);
        double pull = 4 * (exaggerated - q) * kernel[i][j];
        for (int k = 0; k < 2; k++) {
          double g = pull * (y[i][k] - y[j][k]);
          gradient[i][k] += g;
          gradient[j][k] -= g;
        }
      }
    }
    return divergence;
  }
}
