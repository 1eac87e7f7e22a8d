package io.github.dyad.kernel;

/**
 * Plain Java: the reference that the vector path is compared with, and what runs where the Vector
 * API is not there. Works in double inside of a row, so it is the more exact and the slower one.
 */
final class ScalarKernels implements Kernels {
  static final ScalarKernels INSTANCE = new ScalarKernels();

  private ScalarKernels() {}

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void zero(Floats x, int xAt, int count) {
    for (int i = 0; i < count; i++) {
      x.set(xAt + i, 0);
    }
  }

  @Override
  public void copy(Floats x, int xAt, Floats y, int yAt, int count) {
    for (int i = 0; i < count; i++) {
      y.set(yAt + i, x.get(xAt + i));
    }
  }

  @Override
  public void copyRows(
      Floats x, int xAt, int xStride, Floats y, int yAt, int yStride, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      copy(x, xAt + r * xStride, y, yAt + r * yStride, cols);
    }
  }

  @Override
  public void add(Floats x, int xAt, Floats y, int yAt, int count) {
    for (int i = 0; i < count; i++) {
      y.set(yAt + i, y.get(yAt + i) + x.get(xAt + i));
    }
  }

  @Override
  public void axpy(float a, Floats x, int xAt, Floats y, int yAt, int count) {
    for (int i = 0; i < count; i++) {
      y.set(yAt + i, Math.fma(a, x.get(xAt + i), y.get(yAt + i)));
    }
  }

  @Override
  public void scale(float a, Floats x, int xAt, Floats y, int yAt, int count) {
    for (int i = 0; i < count; i++) {
      y.set(yAt + i, a * x.get(xAt + i));
    }
  }

  @Override
  public void multiply(Floats x, int xAt, Floats y, int yAt, Floats z, int zAt, int count) {
    for (int i = 0; i < count; i++) {
      z.set(zAt + i, x.get(xAt + i) * y.get(yAt + i));
    }
  }

  @Override
  public void mean(Floats[] xs, int[] at, Floats y, int yAt, int count) {
    float share = 1f / xs.length;
    for (int i = 0; i < count; i++) {
      float sum = xs[0].get(at[0] + i);
      for (int k = 1; k < xs.length; k++) {
        sum += xs[k].get(at[k] + i);
      }
      y.set(yAt + i, sum * share);
    }
  }

  @Override
  public double dot(Floats x, int xAt, Floats y, int yAt, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (double) x.get(xAt + i) * y.get(yAt + i);
    }
    return sum;
  }

  @Override
  public double sum(Floats x, int xAt, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += x.get(xAt + i);
    }
    return sum;
  }

  @Override
  public double sumOfSquares(Floats x, int xAt, int count) {
    return dot(x, xAt, x, xAt, count);
  }

  @Override
  public void columnSums(
      Floats x, int xAt, int xStride, Floats sums, int sumsAt, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      add(x, xAt + r * xStride, sums, sumsAt, cols);
    }
  }

  @Override
  public void addBias(Floats bias, int biasAt, Floats x, int xAt, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      add(bias, biasAt, x, xAt + r * cols, cols);
    }
  }

  @Override
  public void gelu(Floats x, int xAt, Floats y, int yAt, int count) {
    for (int i = 0; i < count; i++) {
      y.set(yAt + i, (float) NormalDistribution.gelu(x.get(xAt + i)));
    }
  }

  @Override
  public void biasGelu(
      Floats bias, int biasAt, Floats x, int xAt, Floats y, int yAt, int rows, int cols) {
    addBias(bias, biasAt, x, xAt, rows, cols);
    gelu(x, xAt, y, yAt, rows * cols);
  }

  @Override
  public void biasGeluDerivative(
      Floats bias, int biasAt, Floats x, int xAt, Floats y, int yAt, int rows, int cols) {
    biasGelu(bias, biasAt, x, xAt, y, yAt, rows, cols);
    for (int i = 0; i < rows * cols; i++) {
      x.set(xAt + i, (float) NormalDistribution.geluDerivative(x.get(xAt + i)));
    }
  }

  @Override
  public void geluBackward(Floats x, int xAt, Floats dy, int dyAt, Floats dx, int dxAt, int count) {
    for (int i = 0; i < count; i++) {
      double derivative = NormalDistribution.geluDerivative(x.get(xAt + i));
      dx.set(dxAt + i, (float) (dy.get(dyAt + i) * derivative));
    }
  }

  @Override
  public void biasSwiGlu(
      Floats bias, int biasAt, Floats x, int xAt, Floats y, int yAt, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      int row = xAt + r * 2 * cols;
      for (int i = 0; i < cols; i++) {
        float a = x.get(row + i);
        float b = x.get(row + cols + i);
        if (bias != null) {
          a += bias.get(biasAt + i);
          b += bias.get(biasAt + cols + i);
        }
        y.set(yAt + r * cols + i, silu(a) * b);
      }
    }
  }

  static float silu(float x) {
    return (float) (x / (1 + Math.exp(-x)));
  }

  @Override
  public void layerNorm(
      Floats x,
      int xAt,
      Floats gamma,
      int gammaAt,
      Floats beta,
      int betaAt,
      double epsilon,
      Floats y,
      int yAt,
      Floats stats,
      int statsAt,
      int rows,
      int cols) {
    for (int r = 0; r < rows; r++) {
      int row = r * cols;
      float mean = (float) (sum(x, xAt + row, cols) / cols);
      double variance = 0;
      for (int i = 0; i < cols; i++) {
        double deviation = x.get(xAt + row + i) - mean;
        variance += deviation * deviation;
      }
      float inverse = (float) (1 / Math.sqrt(variance / cols + epsilon));
      for (int i = 0; i < cols; i++) {
        float normal = (x.get(xAt + row + i) - mean) * inverse;
        y.set(yAt + row + i, Math.fma(normal, gamma.get(gammaAt + i), beta.get(betaAt + i)));
      }
      if (stats != null) {
        stats.set(statsAt + 2 * r, mean);
        stats.set(statsAt + 2 * r + 1, inverse);
      }
    }
  }

  @Override
  public void layerNormBackward(
      Floats x,
      int xAt,
      Floats gamma,
      int gammaAt,
      Floats stats,
      int statsAt,
      Floats dy,
      int dyAt,
      Floats dx,
      int dxAt,
      boolean accumulate,
      Floats dGamma,
      int dGammaAt,
      Floats dBeta,
      int dBetaAt,
      int rows,
      int cols) {
    for (int r = 0; r < rows; r++) {
      int row = r * cols;
      float mean = stats.get(statsAt + 2 * r);
      float inverse = stats.get(statsAt + 2 * r + 1);
      double sumH = 0;
      double sumHx = 0;
      for (int i = 0; i < cols; i++) {
        float normal = (x.get(xAt + row + i) - mean) * inverse;
        float g = dy.get(dyAt + row + i);
        dGamma.set(dGammaAt + i, Math.fma(g, normal, dGamma.get(dGammaAt + i)));
        dBeta.set(dBetaAt + i, dBeta.get(dBetaAt + i) + g);
        float h = g * gamma.get(gammaAt + i);
        sumH += h;
        sumHx += (double) h * normal;
      }
      float meanH = (float) (sumH / cols);
      float meanHx = (float) (sumHx / cols);
      for (int i = 0; i < cols; i++) {
        float normal = (x.get(xAt + row + i) - mean) * inverse;
        float h = dy.get(dyAt + row + i) * gamma.get(gammaAt + i);
        float d = Math.fma(-normal, meanHx, h - meanH) * inverse;
        int at = dxAt + row + i;
        dx.set(at, accumulate ? dx.get(at) + d : d);
      }
    }
  }

  @Override
  public void softmax(Floats x, int xAt, int stride, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      int row = xAt + r * stride;
      double sum = exponentials(x, row, cols, largest(x, row, cols));
      for (int i = 0; i < cols; i++) {
        x.set(row + i, (float) (x.get(row + i) / sum));
      }
    }
  }

  @Override
  public void softmaxBackward(
      Floats p, int pAt, Floats dp, int dpAt, int stride, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      float delta = (float) dot(p, pAt + r * stride, dp, dpAt + r * stride, cols);
      scoreGradient(p, pAt + r * stride, dp, dpAt + r * stride, delta, cols);
    }
  }

  @Override
  public void softmaxNumerators(
      Floats s,
      int sAt,
      int stride,
      Floats sums,
      int sumsAt,
      Floats logSums,
      int logSumsAt,
      int rows,
      int cols) {
    for (int r = 0; r < rows; r++) {
      int row = sAt + r * stride;
      float largest = largest(s, row, cols);
      double sum = exponentials(s, row, cols, largest);
      sums.set(sumsAt + r, (float) sum);
      if (logSums != null) {
        logSums.set(logSumsAt + r, (float) (largest + Math.log(sum)));
      }
    }
  }

  @Override
  public void softmaxScoresBackward(
      Floats s,
      int sAt,
      Floats dp,
      int dpAt,
      int stride,
      Floats logSums,
      int logSumsAt,
      Floats deltas,
      int deltasAt,
      int rows,
      int cols) {
    for (int r = 0; r < rows; r++) {
      exponentials(s, sAt + r * stride, cols, logSums.get(logSumsAt + r));
      scoreGradient(s, sAt + r * stride, dp, dpAt + r * stride, deltas.get(deltasAt + r), cols);
    }
  }

  private static float largest(Floats x, int at, int count) {
    float largest = x.get(at);
    for (int i = 1; i < count; i++) {
      largest = Math.max(largest, x.get(at + i));
    }
    return largest;
  }

  /** x = exp(x − shift), and their sum. */
  static double exponentials(Floats x, int at, int count, float shift) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      float e = (float) Math.exp((double) x.get(at + i) - shift);
      x.set(at + i, e);
      sum += e;
    }
    return sum;
  }

  /** dp = p·(dp − delta). */
  static void scoreGradient(Floats p, int pAt, Floats dp, int dpAt, float delta, int count) {
    for (int i = 0; i < count; i++) {
      dp.set(dpAt + i, p.get(pAt + i) * (dp.get(dpAt + i) - delta));
    }
  }

  @Override
  public void rowDots(
      float plus,
      Floats x,
      int xAt,
      int xStride,
      Floats y,
      int yAt,
      int yStride,
      Floats products,
      int productsAt,
      int rows,
      int cols) {
    for (int r = 0; r < rows; r++) {
      double product = dot(x, xAt + r * xStride, y, yAt + r * yStride, cols);
      products.set(productsAt + r, (float) (plus + product));
    }
  }

  @Override
  public void divideRows(
      Floats divisors, int divisorsAt, Floats x, int xAt, int xStride, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      scale(1 / divisors.get(divisorsAt + r), x, xAt + r * xStride, x, xAt + r * xStride, cols);
    }
  }

  @Override
  public void eluPlusOne(
      Floats x, int xAt, int xStride, Floats y, int yAt, int yStride, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < cols; i++) {
        float v = x.get(xAt + r * xStride + i);
        y.set(yAt + r * yStride + i, v > 0 ? v + 1 : (float) Math.exp(v));
      }
    }
  }

  @Override
  public void eluPlusOneBackward(
      Floats phi,
      int phiAt,
      int phiStride,
      Floats dphi,
      int dphiAt,
      int dphiStride,
      Floats dx,
      int dxAt,
      int dxStride,
      int rows,
      int cols) {
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < cols; i++) {
        float slope = Math.min(phi.get(phiAt + r * phiStride + i), 1f);
        dx.set(dxAt + r * dxStride + i, dphi.get(dphiAt + r * dphiStride + i) * slope);
      }
    }
  }

  @Override
  public void addScaledRow(
      Floats factors,
      int factorsAt,
      Floats x,
      int xAt,
      Floats y,
      int yAt,
      int yStride,
      int rows,
      int cols) {
    for (int r = 0; r < rows; r++) {
      axpy(factors.get(factorsAt + r), x, xAt, y, yAt + r * yStride, cols);
    }
  }

  @Override
  public void addWeightedRows(
      Floats factors,
      int factorsAt,
      Floats x,
      int xAt,
      int xStride,
      Floats y,
      int yAt,
      int rows,
      int cols) {
    for (int r = 0; r < rows; r++) {
      axpy(factors.get(factorsAt + r), x, xAt + r * xStride, y, yAt, cols);
    }
  }

  @Override
  public void residual(
      Floats x,
      int xAt,
      Floats bias,
      int biasAt,
      Floats gamma,
      int gammaAt,
      Floats z,
      int zAt,
      Floats y,
      int yAt,
      int rows,
      int cols) {
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < cols; i++) {
        int at = r * cols + i;
        float biased = bias == null ? z.get(zAt + at) : z.get(zAt + at) + bias.get(biasAt + i);
        float sum = x.get(xAt + at) + biased;
        if (gamma != null) {
          z.set(zAt + at, biased);
          sum = Math.fma(biased, gamma.get(gammaAt + i), x.get(xAt + at));
        }
        y.set(yAt + at, sum);
      }
    }
  }

  @Override
  public void residualBackward(
      Floats dy,
      int dyAt,
      Floats z,
      int zAt,
      Floats gamma,
      int gammaAt,
      Floats dGamma,
      int dGammaAt,
      Floats dBias,
      int dBiasAt,
      Floats dz,
      int dzAt,
      int rows,
      int cols) {
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < cols; i++) {
        int at = r * cols + i;
        float g = dy.get(dyAt + at);
        float d = g;
        if (gamma != null) {
          d = g * gamma.get(gammaAt + i);
          dGamma.set(dGammaAt + i, Math.fma(g, z.get(zAt + at), dGamma.get(dGammaAt + i)));
        }
        if (dBias != null) {
          dBias.set(dBiasAt + i, dBias.get(dBiasAt + i) + d);
        }
        dz.set(dzAt + at, d);
      }
    }
  }

  @Override
  public void dropout(
      long key,
      int firstElement,
      double probability,
      Floats x,
      int xAt,
      Floats y,
      int yAt,
      int count) {
    int threshold = Dropout.threshold(probability);
    float scale = (float) (1 / (1 - probability));
    for (int i = 0; i < count; i++) {
      boolean kept = Dropout.bits(key, firstElement + i) >= threshold;
      y.set(yAt + i, kept ? x.get(xAt + i) * scale : 0);
    }
  }

  @Override
  public void cosineTerms(
      Floats t, int tAt, Floats d, int dAt, double[] terms, int termsAt, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      int row = r * cols;
      terms[termsAt + 3 * r] = dot(t, tAt + row, d, dAt + row, cols);
      terms[termsAt + 3 * r + 1] = sumOfSquares(t, tAt + row, cols);
      terms[termsAt + 3 * r + 2] = sumOfSquares(d, dAt + row, cols);
    }
  }

  @Override
  public void cosineBackward(
      Floats t,
      int tAt,
      Floats d,
      int dAt,
      double td,
      double tt,
      double dd,
      double scale,
      Floats weights,
      int weightsAt,
      Floats gradient,
      int gradientAt,
      int rows,
      int cols) {
    float ofT = (float) Cosine.teacherFactor(scale, tt, dd);
    float ofD = (float) Cosine.studentFactor(scale, td, tt, dd);
    for (int r = 0; r < rows; r++) {
      float weight = weights == null ? 1 : weights.get(weightsAt + r);
      for (int i = 0; i < cols; i++) {
        int at = r * cols + i;
        float direction = Math.fma(d.get(dAt + at), ofD, t.get(tAt + at) * ofT);
        gradient.set(gradientAt + at, weight * direction);
      }
    }
  }

  @Override
  public void squaredDistances(
      Floats x,
      int xAt,
      int xStride,
      Floats y,
      int yAt,
      int yStride,
      double[] sums,
      int sumsAt,
      int rows,
      int cols) {
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int i = 0; i < cols; i++) {
        double difference = y.get(yAt + r * yStride + i) - x.get(xAt + r * xStride + i);
        sum += difference * difference;
      }
      sums[sumsAt + r] += sum;
    }
  }

  @Override
  public void squaredDistancesBackward(
      Floats x,
      int xAt,
      int xStride,
      Floats y,
      int yAt,
      int yStride,
      Floats factors,
      int factorsAt,
      Floats dy,
      int dyAt,
      int dyStride,
      int rows,
      int cols) {
    for (int r = 0; r < rows; r++) {
      float factor = factors.get(factorsAt + r);
      for (int i = 0; i < cols; i++) {
        float difference = y.get(yAt + r * yStride + i) - x.get(xAt + r * xStride + i);
        int at = dyAt + r * dyStride + i;
        dy.set(at, Math.fma(factor, difference, dy.get(at)));
      }
    }
  }

  @Override
  public float kthLargest(Floats x, int xAt, int count, int k) {
    return Selection.kthLargest(x, xAt, count, k);
  }

  @Override
  public double stableAdamWMoments(
      StableAdamW.Step step,
      Floats gradient,
      int gradientAt,
      Floats m,
      int mAt,
      Floats v,
      int vAt,
      Floats vMax,
      int vMaxAt,
      int count) {
    float gradientScale = (float) step.gradientScale();
    float beta1 = (float) step.beta1();
    float rest1 = (float) (1 - step.beta1());
    float beta2 = (float) step.beta2();
    float rest2 = (float) (1 - step.beta2());
    double inverseCorrection = 1 / Math.sqrt(step.biasCorrection2());
    double sum = 0;
    for (int i = 0; i < count; i++) {
      float g = gradient.get(gradientAt + i) * gradientScale;
      m.set(mAt + i, Math.fma(g, rest1, m.get(mAt + i) * beta1));
      float second = Math.fma(g * g, rest2, v.get(vAt + i) * beta2);
      v.set(vAt + i, second);
      float largest = Math.max(vMax.get(vMaxAt + i), second);
      vMax.set(vMaxAt + i, largest);
      double ratio = g / (Math.sqrt(largest) * inverseCorrection + step.epsilon());
      sum += ratio * ratio;
    }
    return sum;
  }

  @Override
  public void stableAdamWUpdate(
      StableAdamW.Step step,
      double rate,
      Floats m,
      int mAt,
      Floats vMax,
      int vMaxAt,
      Floats theta,
      int thetaAt,
      int count) {
    float decay = (float) (1 - step.learningRate() * step.weightDecay());
    double pace = rate / step.biasCorrection1();
    double inverseCorrection = 1 / Math.sqrt(step.biasCorrection2());
    for (int i = 0; i < count; i++) {
      double denominator = Math.sqrt(vMax.get(vMaxAt + i)) * inverseCorrection + step.epsilon();
      float change = (float) (pace * m.get(mAt + i) / denominator);
      theta.set(thetaAt + i, theta.get(thetaAt + i) * decay - change);
    }
  }
}
