package io.github.dyad.teacher;

import io.github.dyad.graph.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The transformer of {@link TeacherWeights} in plain double loops, one image at a time: slow, and
 * plain enough to be checked against ALGORITHM.md by eye. Tokens are rows of a (T, D) array, T = 1
 * + R + N.
 */
final class PlainVit {
  private final TeacherWeights weights;
  private final int width;

  PlainVit(TeacherWeights weights) {
    this.weights = weights;
    this.width = weights.width();
  }

  /**
   * Embedding output, output of every block, output of the final norm; each (T·D).
   *
   * @param image (3, H, W)
   */
  List<double[]> hiddenStates(float[] image, int imageHeight, int imageWidth, PositionRule rule) {
    List<double[]> states = new ArrayList<>();
    double[] x = embed(image, imageHeight, imageWidth, rule);
    states.add(x);
    for (BlockWeights block : weights.blocks()) {
      x = block(x, block);
      states.add(x);
    }
    states.add(layerNorm(x, weights.normWeight(), weights.normBias()));
    return states;
  }

  private double[] embed(float[] image, int imageHeight, int imageWidth, PositionRule rule) {
    int p = weights.patchSize();
    int h = imageHeight / p;
    int w = imageWidth / p;
    float[] positions = weights.positions(h, w, rule);
    int prefix = weights.prefixTokens().length;
    double[] x = new double[prefix + h * w * width];
    for (int k = 0; k < prefix; k++) {
      x[k] = weights.prefixTokens()[k];
    }
    for (int row = 0; row < h; row++) {
      for (int column = 0; column < w; column++) {
        for (int d = 0; d < width; d++) {
          int patch = (row * w + column) * width + d;
          double sum = weights.patchBias()[d] + positions[patch];
          for (int c = 0; c < 3; c++) {
            for (int i = 0; i < p; i++) {
              for (int j = 0; j < p; j++) {
                sum +=
                    weights.patchWeight()[((d * 3 + c) * p + i) * p + j]
                        * (double)
                            image[(c * imageHeight + row * p + i) * imageWidth + column * p + j];
              }
            }
          }
          x[prefix + patch] = sum;
        }
      }
    }
    return x;
  }

  /** x += γ1·MSA(LN(x)); x += γ2·MLP(LN(x)). */
  private double[] block(double[] x, BlockWeights b) {
    double[] attended = attention(layerNorm(x, b.norm1Weight(), b.norm1Bias()), b);
    double[] y = add(x, linear(attended, b.projWeight(), b.projBias()), b.layerScale1());
    double[] hidden =
        linear(layerNorm(y, b.norm2Weight(), b.norm2Bias()), b.fc1Weight(), b.fc1Bias());
    return add(
        y, linear(activate(hidden, b.hidden()), b.fc2Weight(), b.fc2Bias()), b.layerScale2());
  }

  /** Heads of softmax(q·kᵀ/√d)·v side by side. */
  private double[] attention(double[] x, BlockWeights b) {
    int tokens = x.length / width;
    int d = width / weights.heads();
    double[] qkv = linear(x, b.qkvWeight(), b.qkvBias()); // (T, 3D): q, k, v
    double[] joined = new double[x.length];
    double[] scores = new double[tokens];
    for (int head = 0; head < weights.heads(); head++) {
      for (int n = 0; n < tokens; n++) {
        double most = Double.NEGATIVE_INFINITY;
        for (int m = 0; m < tokens; m++) {
          double dot = 0;
          for (int j = 0; j < d; j++) {
            dot += qkv[n * 3 * width + head * d + j] * qkv[(m * 3 + 1) * width + head * d + j];
          }
          scores[m] = dot / Math.sqrt(d);
          most = Math.max(most, scores[m]);
        }
        double total = 0;
        for (int m = 0; m < tokens; m++) {
          scores[m] = Math.exp(scores[m] - most);
          total += scores[m];
        }
        for (int j = 0; j < d; j++) {
          double sum = 0;
          for (int m = 0; m < tokens; m++) {
            sum += scores[m] * qkv[(m * 3 + 2) * width + head * d + j];
          }
          joined[n * width + head * d + j] = sum / total;
        }
      }
    }
    return joined;
  }

  private double[] activate(double[] x, int hidden) {
    if (weights.activation() == Activation.SWIGLU) {
      double[] y = new double[x.length / 2];
      for (int k = 0; k < y.length; k++) {
        int gate = k / hidden * 2 * hidden + k % hidden;
        y[k] = ActivationFunctions.silu(x[gate]) * x[gate + hidden];
      }
      return y;
    }
    DoubleUnaryOperator gelu =
        weights.activation() == Activation.GELU
            ? ActivationFunctions::gelu
            : ActivationFunctions::geluTanh;
    double[] y = new double[x.length];
    for (int k = 0; k < y.length; k++) {
      y[k] = gelu.applyAsDouble(x[k]);
    }
    return y;
  }

  private double[] layerNorm(double[] x, float[] weight, float[] bias) {
    double[] y = new double[x.length];
    for (int row = 0; row < x.length; row += width) {
      double mean = 0;
      for (int k = 0; k < width; k++) {
        mean += x[row + k] / width;
      }
      double variance = 0;
      for (int k = 0; k < width; k++) {
        variance += (x[row + k] - mean) * (x[row + k] - mean) / width;
      }
      double factor = 1 / Math.sqrt(variance + weights.layerNormEpsilon());
      for (int k = 0; k < width; k++) {
        y[row + k] = (x[row + k] - mean) * factor * weight[k] + bias[k];
      }
    }
    return y;
  }

  /** x·Wᵀ + b, W (out, in). */
  private static double[] linear(double[] x, float[] weight, float[] bias) {
    int out = bias.length;
    int in = weight.length / out;
    double[] y = new double[x.length / in * out];
    for (int row = 0; row < x.length / in; row++) {
      for (int o = 0; o < out; o++) {
        double sum = bias[o];
        for (int k = 0; k < in; k++) {
          sum += x[row * in + k] * weight[o * in + k];
        }
        y[row * out + o] = sum;
      }
    }
    return y;
  }

  /** x + γ·y; γ is 1 without LayerScale. */
  private static double[] add(double[] x, double[] y, float[] gamma) {
    double[] sum = new double[x.length];
    for (int k = 0; k < sum.length; k++) {
      sum[k] = x[k] + (gamma == null ? 1 : gamma[k % gamma.length]) * y[k];
    }
    return sum;
  }
}
