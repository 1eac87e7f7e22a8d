package io.github.dyad.kernel;

/**
 * The kernels on the Vector API ({@code jdk.incubator.vector}) at the machine's preferred length.
 * Reads that class only when it is made, so this one is safe to name where the module is absent.
 */
final class VectorKernels implements Kernels {
  @Override
  public String name() {
    return "vector-" + VectorMemory.SPECIES.vectorBitSize();
  }

  @Override
  public void zero(Floats x, int xAt, int count) {
    VectorElementwise.zero(x, xAt, count);
  }

  @Override
  public void copy(Floats x, int xAt, Floats y, int yAt, int count) {
    VectorElementwise.copy(x, xAt, y, yAt, count);
  }

  @Override
  public void copyRows(
      Floats x, int xAt, int xStride, Floats y, int yAt, int yStride, int rows, int cols) {
    VectorElementwise.copyRows(x, xAt, xStride, y, yAt, yStride, rows, cols);
  }

  @Override
  public void add(Floats x, int xAt, Floats y, int yAt, int count) {
    VectorElementwise.add(x, xAt, y, yAt, count);
  }

  @Override
  public void axpy(float a, Floats x, int xAt, Floats y, int yAt, int count) {
    VectorElementwise.axpy(a, x, xAt, y, yAt, count);
  }

  @Override
  public void scale(float a, Floats x, int xAt, Floats y, int yAt, int count) {
    VectorElementwise.scale(a, x, xAt, y, yAt, count);
  }

  @Override
  public void multiply(Floats x, int xAt, Floats y, int yAt, Floats z, int zAt, int count) {
    VectorElementwise.multiply(x, xAt, y, yAt, z, zAt, count);
  }

  @Override
  public void mean(Floats[] xs, int[] at, Floats y, int yAt, int count) {
    VectorElementwise.mean(xs, at, y, yAt, count);
  }

  @Override
  public double dot(Floats x, int xAt, Floats y, int yAt, int count) {
    return VectorReductions.dot(x, xAt, y, yAt, count);
  }

  @Override
  public double sum(Floats x, int xAt, int count) {
    return VectorReductions.sum(x, xAt, count);
  }

  @Override
  public double sumOfSquares(Floats x, int xAt, int count) {
    return VectorReductions.dot(x, xAt, x, xAt, count);
  }

  @Override
  public void columnSums(
      Floats x, int xAt, int xStride, Floats sums, int sumsAt, int rows, int cols) {
    VectorReductions.columnSums(x, xAt, xStride, sums, sumsAt, rows, cols);
  }

  @Override
  public void addBias(Floats bias, int biasAt, Floats x, int xAt, int rows, int cols) {
    VectorElementwise.addBias(bias, biasAt, x, xAt, rows, cols);
  }

  @Override
  public void gelu(Floats x, int xAt, Floats y, int yAt, int count) {
    VectorActivations.gelu(x, xAt, y, yAt, count);
  }

  @Override
  public void biasGelu(
      Floats bias, int biasAt, Floats x, int xAt, Floats y, int yAt, int rows, int cols) {
    VectorActivations.biasGelu(bias, biasAt, x, xAt, y, yAt, rows, cols);
  }

  @Override
  public void biasGeluDerivative(
      Floats bias, int biasAt, Floats x, int xAt, Floats y, int yAt, int rows, int cols) {
    VectorActivations.biasGeluDerivative(bias, biasAt, x, xAt, y, yAt, rows, cols);
  }

  @Override
  public void geluBackward(Floats x, int xAt, Floats dy, int dyAt, Floats dx, int dxAt, int count) {
    VectorActivations.geluBackward(x, xAt, dy, dyAt, dx, dxAt, count);
  }

  @Override
  public void biasSwiGlu(
      Floats bias, int biasAt, Floats x, int xAt, Floats y, int yAt, int rows, int cols) {
    VectorActivations.biasSwiGlu(bias, biasAt, x, xAt, y, yAt, rows, cols);
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
    VectorNormalizations.layerNorm(
        x, xAt, gamma, gammaAt, beta, betaAt, epsilon, y, yAt, stats, statsAt, rows, cols);
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
    VectorNormalizations.layerNormBackward(
        x,
        xAt,
        gamma,
        gammaAt,
        stats,
        statsAt,
        dy,
        dyAt,
        dx,
        dxAt,
        accumulate,
        dGamma,
        dGammaAt,
        dBeta,
        dBetaAt,
        rows,
        cols);
  }

  @Override
  public void softmax(Floats x, int xAt, int stride, int rows, int cols) {
    VectorNormalizations.softmax(x, xAt, stride, rows, cols);
  }

  @Override
  public void softmaxBackward(
      Floats p, int pAt, Floats dp, int dpAt, int stride, int rows, int cols) {
    VectorNormalizations.softmaxBackward(p, pAt, dp, dpAt, stride, rows, cols);
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
    VectorNormalizations.softmaxNumerators(
        s, sAt, stride, sums, sumsAt, logSums, logSumsAt, rows, cols);
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
    VectorNormalizations.softmaxScoresBackward(
        s, sAt, dp, dpAt, stride, logSums, logSumsAt, deltas, deltasAt, rows, cols);
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
    VectorReductions.rowDots(
        plus, x, xAt, xStride, y, yAt, yStride, products, productsAt, rows, cols);
  }

  @Override
  public void divideRows(
      Floats divisors, int divisorsAt, Floats x, int xAt, int xStride, int rows, int cols) {
    VectorElementwise.divideRows(divisors, divisorsAt, x, xAt, xStride, rows, cols);
  }

  @Override
  public void eluPlusOne(
      Floats x, int xAt, int xStride, Floats y, int yAt, int yStride, int rows, int cols) {
    VectorActivations.eluPlusOne(x, xAt, xStride, y, yAt, yStride, rows, cols);
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
    VectorActivations.eluPlusOneBackward(
        phi, phiAt, phiStride, dphi, dphiAt, dphiStride, dx, dxAt, dxStride, rows, cols);
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
    VectorElementwise.addScaledRow(factors, factorsAt, x, xAt, y, yAt, yStride, rows, cols);
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
    VectorElementwise.addWeightedRows(factors, factorsAt, x, xAt, xStride, y, yAt, rows, cols);
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
    VectorElementwise.residual(x, xAt, bias, biasAt, gamma, gammaAt, z, zAt, y, yAt, rows, cols);
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
    VectorElementwise.residualBackward(
        dy, dyAt, z, zAt, gamma, gammaAt, dGamma, dGammaAt, dBias, dBiasAt, dz, dzAt, rows, cols);
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
    VectorElementwise.dropout(key, firstElement, probability, x, xAt, y, yAt, count);
  }

  @Override
  public void cosineTerms(
      Floats t, int tAt, Floats d, int dAt, double[] terms, int termsAt, int rows, int cols) {
    VectorReductions.cosineTerms(t, tAt, d, dAt, terms, termsAt, rows, cols);
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
    VectorReductions.cosineBackward(
        t, tAt, d, dAt, td, tt, dd, scale, weights, weightsAt, gradient, gradientAt, rows, cols);
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
    VectorReductions.squaredDistances(x, xAt, xStride, y, yAt, yStride, sums, sumsAt, rows, cols);
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
    VectorReductions.squaredDistancesBackward(
        x, xAt, xStride, y, yAt, yStride, factors, factorsAt, dy, dyAt, dyStride, rows, cols);
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
    return VectorReductions.stableAdamWMoments(
        step, gradient, gradientAt, m, mAt, v, vAt, vMax, vMaxAt, count);
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
    VectorElementwise.stableAdamWUpdate(step, rate, m, mAt, vMax, vMaxAt, theta, thetaAt, count);
  }
}
