package io.github.dyad.kernel;

/**
 * The loops of a transformer's training step that are no matrix product, on row-major float32.
 *
 * <p>{@code xAt} is the index in {@code x} of the first element that a call touches; a stride is
 * the distance between the first elements of two rows, and rows without a stride lie close
 * together. So a caller splits rows over threads by moving the {@code At}s. Any length and any
 * offset is good; a row length and stride that are multiples of 16 are fastest. Inputs come first,
 * outputs last; an output may be an input at the same place only where the method says so. Backward
 * methods are named after the forward one and take its gradient {@code dy}; what they say they
 * accumulate is added to what is there. Bounds below are against double precision, u =
 * 2<sup>-24</sup>; NaN in gives NaN out.
 */
public interface Kernels {
  /** The fastest kernels that this JVM can run, chosen once. */
  static Kernels active() {
    return ActiveKernels.INSTANCE;
  }

  /** What runs: {@code vector-512}, {@code vector-256}, {@code scalar}; for manifests and logs. */
  String name();

  // ---- copies and sums ------------------------------------------------------------------------

  /** x = 0. */
  void zero(Floats x, int xAt, int count);

  /** y = x. The ranges must not overlap. */
  void copy(Floats x, int xAt, Floats y, int yAt, int count);

  /** y = x for {@code rows} rows of {@code cols} with strides. The ranges must not overlap. */
  void copyRows(Floats x, int xAt, int xStride, Floats y, int yAt, int yStride, int rows, int cols);

  /** y += x. */
  void add(Floats x, int xAt, Floats y, int yAt, int count);

  /** y += a·x. One rounding (fused) per element. */
  void axpy(float a, Floats x, int xAt, Floats y, int yAt, int count);

  /** y = a·x; y may be x. */
  void scale(float a, Floats x, int xAt, Floats y, int yAt, int count);

  /** z = x⊙y; z may be x or y. */
  void multiply(Floats x, int xAt, Floats y, int yAt, Floats z, int zAt, int count);

  /**
   * y = (x_1 + … + x_n)/n of equally long ranges, x_i from {@code at[i]} on. Summed in order: error
   * ≤ (n + 1) u·mean|x_i|. Its backward is {@link #axpy} with 1/n.
   */
  void mean(Floats[] xs, int[] at, Floats y, int yAt, int count);

  /** Σ x·y. Blocked: error ≤ 64 u·Σ|x·y|, however long. */
  double dot(Floats x, int xAt, Floats y, int yAt, int count);

  /** Σ x. Blocked: error ≤ 64 u·Σ|x|, however long. */
  double sum(Floats x, int xAt, int count);

  /** Σ x². Blocked: error ≤ 64 u relative, however long. */
  double sumOfSquares(Floats x, int xAt, int count);

  /** sums += column sums of x (rows, cols). Row after row: error ≤ rows·u·Σ|x|. */
  void columnSums(Floats x, int xAt, int xStride, Floats sums, int sumsAt, int rows, int cols);

  // ---- linear layers and activations ----------------------------------------------------------

  /** x += bias in every row. */
  void addBias(Floats bias, int biasAt, Floats x, int xAt, int rows, int cols);

  /**
   * y = gelu(x) = x·Φ(x), Φ the normal distribution function (exact, erf). Error ≤ 4 u·|x|. y may
   * be x.
   */
  void gelu(Floats x, int xAt, Floats y, int yAt, int count);

  /** x += bias, then y = gelu(x): the pre-activation stays in x for {@link #geluBackward}. */
  void biasGelu(Floats bias, int biasAt, Floats x, int xAt, Floats y, int yAt, int rows, int cols);

  /**
   * y = gelu(x + bias), and x becomes the derivative Φ + x·φ at x + bias, which makes the backward
   * a {@link #multiply}: the exponential is computed once for both. Error of y as of {@link #gelu},
   * of the derivative ≤ 4 u.
   */
  void biasGeluDerivative(
      Floats bias, int biasAt, Floats x, int xAt, Floats y, int yAt, int rows, int cols);

  /** dx = dy·(Φ(x) + x·φ(x)), x the pre-activation; error ≤ 5 u·|dy|. dx may be dy. */
  void geluBackward(Floats x, int xAt, Floats dy, int dyAt, Floats dx, int dxAt, int count);

  /**
   * y = silu(a)·b with (a, b) = x + bias, the halves of rows of 2·cols; silu(a) = a/(1 + e^−a).
   * Forward only (frozen teachers). Error ≤ 8 u·|a·b|. {@code bias} may be null.
   */
  void biasSwiGlu(
      Floats bias, int biasAt, Floats x, int xAt, Floats y, int yAt, int rows, int cols);

  // ---- layer norm -----------------------------------------------------------------------------

  /**
   * y = (x − μ)/√(σ² + ε)·γ + β per row, σ² the biased variance (two passes). {@code stats}
   * receives μ and 1/√(σ² + ε) of row r at statsAt + 2r and + 1, or is null. y may be x if nobody
   * needs the backward. Error ≤ (16 + 4 |μ|/σ) u·max(4, max |y|).
   */
  void layerNorm(
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
      int cols);

  /**
   * With x̂ = (x − μ)/√(σ² + ε) and h = dy·γ: dx = (h − mean h − x̂·mean(h·x̂))/√(σ² + ε), stored,
   * or added where {@code accumulate} is true (the residual stream). dGamma and dBeta accumulate.
   * dx may be dy if it is stored. Error of dx ≤ 1e-5 of its largest value.
   */
  void layerNormBackward(
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
      int cols);

  // ---- attention ------------------------------------------------------------------------------

  /** x = softmax of each row, in place. Error ≤ 12 u. Gaps between rows are left alone. */
  void softmax(Floats x, int xAt, int stride, int rows, int cols);

  /** dp = p·(dp − Σ p·dp) per row, in place; p is the softmax. Error ≤ 1e-6 for |dp| ≤ 5. */
  void softmaxBackward(Floats p, int pAt, Floats dp, int dpAt, int stride, int rows, int cols);

  /**
   * s = exp(s − max s) per row, in place, and sums[r] = Σ s, so that rows can be divided after the
   * product with the values, which is shorter. Error of s/sums ≤ 12 u. {@code logSums}, unless
   * null, receives max s + log sums[r]. The gap between rows is overwritten: stride ≥ cols rounded
   * up to 16, on rows that belong to the caller alone.
   */
  void softmaxNumerators(
      Floats s,
      int sAt,
      int stride,
      Floats sums,
      int sumsAt,
      Floats logSums,
      int logSumsAt,
      int rows,
      int cols);

  /**
   * From scores s and dp = dOut·vᵀ: s = p = exp(s − logSums[r]) and dp = p·(dp − deltas[r]), the
   * gradient of the scores, both in place; deltas[r] = Σ dOut·out of the row. Gaps as in {@link
   * #softmaxNumerators}.
   */
  void softmaxScoresBackward(
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
      int cols);

  /** products[r] = plus + Σ x·y of row r; yStride 0 takes one row y for all. */
  void rowDots(
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
      int cols);

  /** Row r of x divided by divisors[r], in place. */
  void divideRows(
      Floats divisors, int divisorsAt, Floats x, int xAt, int xStride, int rows, int cols);

  /** y = φ(x) = elu(x) + 1: x + 1 above 0, eˣ below. Error ≤ 2 u·φ. y may be x. */
  void eluPlusOne(
      Floats x, int xAt, int xStride, Floats y, int yAt, int yStride, int rows, int cols);

  /** dx = dphi·φ′, φ′ = min(φ, 1) from φ itself; dx may be dphi. */
  void eluPlusOneBackward(
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
      int cols);

  /** y += factors[r]·x in row r, x one row for all. */
  void addScaledRow(
      Floats factors,
      int factorsAt,
      Floats x,
      int xAt,
      Floats y,
      int yAt,
      int yStride,
      int rows,
      int cols);

  /** y += Σ_r factors[r]·x_r, y one row. */
  void addWeightedRows(
      Floats factors,
      int factorsAt,
      Floats x,
      int xAt,
      int xStride,
      Floats y,
      int yAt,
      int rows,
      int cols);

  // ---- residual stream ------------------------------------------------------------------------

  /**
   * z += bias, then y = x + γ⊙z. {@code bias} and {@code gamma} may be null (nothing added, γ = 1).
   * y may be x. z keeps the biased value for {@link #residualBackward}; with γ null, z is left as
   * it was, since its backward does not need it.
   */
  void residual(
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
      int cols);

  /**
   * dz = γ⊙dy; dGamma += Σ_rows dy⊙z and dBias += Σ_rows dz. {@code gamma} and {@code dGamma} are
   * both null where there is no LayerScale (then z is not read); {@code dBias} may be null. dz may
   * be dy. The gradient of x is dy itself.
   */
  void residualBackward(
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
      int cols);

  // ---- dropout --------------------------------------------------------------------------------

  /**
   * Inverted dropout: y = x/(1 − probability) where {@link Dropout#kept} keeps the element, else 0.
   * y may be x. The element numbers are firstElement, firstElement + 1, …, so that any split of a
   * tensor draws the same bits. Backward: the same call on the gradient.
   */
  void dropout(
      long key,
      int firstElement,
      double probability,
      Floats x,
      int xAt,
      Floats y,
      int yAt,
      int count);

  // ---- losses ---------------------------------------------------------------------------------

  /**
   * terms[termsAt + 3r …] = t·d, t·t, d·d of row r: what every cosine is made of. Error ≤ 64
   * u·max(t·t, d·d).
   */
  void cosineTerms(
      Floats t, int tAt, Floats d, int dAt, double[] terms, int termsAt, int rows, int cols);

  /**
   * Gradient of scale·(1 − cos(vec T, vec D)) with respect to D, row r times weights[r]: dd =
   * −scale·weights[r]·(t/(|T||D|) − cos·d/|D|²). {@code td, tt, dd} are T·D, |T|² and |D|² over all
   * rows of the image (norms below 1e-8 count as 1e-8, as in PyTorch); {@code weights} may be null
   * (all 1).
   */
  void cosineBackward(
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
      int cols);

  /** sums[sumsAt + r] += Σ (x − y)² of row r. Error ≤ 64 u relative. */
  void squaredDistances(
      Floats x,
      int xAt,
      int xStride,
      Floats y,
      int yAt,
      int yStride,
      double[] sums,
      int sumsAt,
      int rows,
      int cols);

  /** dy += factors[r]·(y − x) in row r: the gradient of ½·factors[r]·|x − y|² with respect to y. */
  void squaredDistancesBackward(
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
      int cols);

  /**
   * The k-th largest of a range, k from 1; a NaN in the range gives NaN.
   *
   * @throws IllegalArgumentException if k is outside 1..count
   */
  float kthLargest(Floats x, int xAt, int count, int k);

  // ---- optimizer ------------------------------------------------------------------------------

  /**
   * First pass of {@link StableAdamW} over a range of one tensor: moments m, v and the running
   * maximum of v take in the gradient, and the sum of (g/denom)² comes back. Sums of ranges of a
   * tensor add up to what {@link StableAdamW#rate} needs.
   */
  double stableAdamWMoments(
      StableAdamW.Step step,
      Floats gradient,
      int gradientAt,
      Floats m,
      int mAt,
      Floats v,
      int vAt,
      Floats vMax,
      int vMaxAt,
      int count);

  /**
   * Second pass: decays and moves the parameters θ with the tensor's rate. Moments and rate of both
   * passes are within 1e-6 and 1e-5 of double precision after many steps.
   */
  void stableAdamWUpdate(
      StableAdamW.Step step,
      double rate,
      Floats m,
      int mAt,
      Floats vMax,
      int vMaxAt,
      Floats theta,
      int thetaAt,
      int count);
}
