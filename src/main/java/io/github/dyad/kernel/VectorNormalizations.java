package io.github.dyad.kernel;

import static io.github.dyad.kernel.VectorMath.all;
import static io.github.dyad.kernel.VectorMath.expNonPositive;
import static io.github.dyad.kernel.VectorMath.sumLanes;
import static io.github.dyad.kernel.VectorMath.zero;
import static io.github.dyad.kernel.VectorMemory.LANES;
import static io.github.dyad.kernel.VectorMemory.LOAD;
import static io.github.dyad.kernel.VectorMemory.SPECIES;
import static io.github.dyad.kernel.VectorMemory.STORE;
import static io.github.dyad.kernel.VectorMemory.load;
import static io.github.dyad.kernel.VectorMemory.store;
import static io.github.dyad.kernel.VectorMemory.unchecked;
import static io.github.dyad.kernel.VectorMemory.whole;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Vector path of layer norm and softmax. */
final class VectorNormalizations {
  private static final ScalarKernels REST = ScalarKernels.INSTANCE;
  private static final int ROW_BLOCK = 8; // rows that stay in the first-level cache

  private VectorNormalizations() {}

  static void layerNorm(
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
    Object xs = x.memory;
    Object gs = gamma.memory;
    Object bs = beta.memory;
    Object ys = y.memory;
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int row = xAt + r * cols;
      int out = yAt + r * cols;
      FloatVector sums = zero();
      for (int i = 0; i < end; i += LANES) {
        sums = sums.add(load(xs, row + i));
      }
      double sum = sumLanes(sums) + REST.sum(x, row + end, cols - end);
      float mean = (float) (sum / cols);
      FloatVector means = all(mean);
      FloatVector squares = zero();
      for (int i = 0; i < end; i += LANES) {
        FloatVector deviation = load(xs, row + i).sub(means);
        squares = deviation.fma(deviation, squares);
      }
      double variance = sumLanes(squares);
      for (int i = end; i < cols; i++) {
        double deviation = (double) x.get(row + i) - mean;
        variance += deviation * deviation;
      }
      float inverse = (float) (1 / Math.sqrt(variance / cols + epsilon));
      FloatVector inverses = FloatVector.broadcast(SPECIES, inverse);
      try {
        for (int i = 0; i < end; i += LANES) {
          FloatVector v = (FloatVector) LOAD.invokeExact(xs, row + i);
          FloatVector g = (FloatVector) LOAD.invokeExact(gs, gammaAt + i);
          FloatVector b = (FloatVector) LOAD.invokeExact(bs, betaAt + i);
          STORE.invokeExact(v.sub(means).mul(inverses).fma(g, b), ys, out + i);
        }
      } catch (Throwable e) {
        throw unchecked(e);
      }
      for (int i = end; i < cols; i++) {
        float normal = (x.get(row + i) - mean) * inverse;
        y.set(out + i, Math.fma(normal, gamma.get(gammaAt + i), beta.get(betaAt + i)));
      }
      if (stats != null) {
        stats.set(statsAt + 2 * r, mean);
        stats.set(statsAt + 2 * r + 1, inverse);
      }
    }
  }

  static void layerNormBackward(
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
    for (int first = 0; first < rows; first += ROW_BLOCK) {
      int block = Math.min(ROW_BLOCK, rows - first);
      int at = first * cols;
      // The parameters' gradients first: dx may overwrite dy.
      parameterGradients(
          x,
          xAt + at,
          stats,
          statsAt + 2 * first,
          dy,
          dyAt + at,
          dGamma,
          dGammaAt,
          dBeta,
          dBetaAt,
          block,
          cols);
      inputGradient(
          x,
          xAt + at,
          gamma,
          gammaAt,
          stats,
          statsAt + 2 * first,
          dy,
          dyAt + at,
          dx,
          dxAt + at,
          accumulate,
          block,
          cols);
    }
  }

  private static void parameterGradients(
      Floats x,
      int xAt,
      Floats stats,
      int statsAt,
      Floats dy,
      int dyAt,
      Floats dGamma,
      int dGammaAt,
      Floats dBeta,
      int dBetaAt,
      int rows,
      int cols) {
    Object xs = x.memory;
    Object dys = dy.memory;
    Object dgs = dGamma.memory;
    Object dbs = dBeta.memory;
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int row = xAt + r * cols;
      int dyRow = dyAt + r * cols;
      float mean = stats.get(statsAt + 2 * r);
      float inverse = stats.get(statsAt + 2 * r + 1);
      FloatVector means = all(mean);
      FloatVector inverses = all(inverse);
      for (int i = 0; i < end; i += LANES) {
        FloatVector normal = load(xs, row + i).sub(means).mul(inverses);
        FloatVector g = load(dys, dyRow + i);
        store(g.fma(normal, load(dgs, dGammaAt + i)), dgs, dGammaAt + i);
        store(g.add(load(dbs, dBetaAt + i)), dbs, dBetaAt + i);
      }
      for (int i = end; i < cols; i++) {
        float normal = (x.get(row + i) - mean) * inverse;
        float g = dy.get(dyRow + i);
        dGamma.set(dGammaAt + i, Math.fma(g, normal, dGamma.get(dGammaAt + i)));
        dBeta.set(dBetaAt + i, dBeta.get(dBetaAt + i) + g);
      }
    }
  }

  private static void inputGradient(
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
      int rows,
      int cols) {
    Object xs = x.memory;
    Object gs = gamma.memory;
    Object dys = dy.memory;
    Object dxs = dx.memory;
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int row = xAt + r * cols;
      int dyRow = dyAt + r * cols;
      int dxRow = dxAt + r * cols;
      float mean = stats.get(statsAt + 2 * r);
      float inverse = stats.get(statsAt + 2 * r + 1);
      FloatVector means = all(mean);
      FloatVector inverses = all(inverse);
      FloatVector sumsH = zero();
      FloatVector sumsHx = zero();
      for (int i = 0; i < end; i += LANES) {
        FloatVector normal = load(xs, row + i).sub(means).mul(inverses);
        FloatVector h = load(dys, dyRow + i).mul(load(gs, gammaAt + i));
        sumsH = sumsH.add(h);
        sumsHx = h.fma(normal, sumsHx);
      }
      double sumH = sumLanes(sumsH);
      double sumHx = sumLanes(sumsHx);
      for (int i = end; i < cols; i++) {
        float h = dy.get(dyRow + i) * gamma.get(gammaAt + i);
        sumH += h;
        sumHx += (double) h * ((x.get(row + i) - mean) * inverse);
      }
      float meanH = (float) (sumH / cols);
      float meanHx = (float) (sumHx / cols);
      FloatVector meansH = FloatVector.broadcast(SPECIES, meanH);
      FloatVector minusMeansHx = FloatVector.broadcast(SPECIES, -meanHx);
      try {
        for (int i = 0; i < end; i += LANES) {
          FloatVector v = (FloatVector) LOAD.invokeExact(xs, row + i);
          FloatVector dv = (FloatVector) LOAD.invokeExact(dys, dyRow + i);
          FloatVector g = (FloatVector) LOAD.invokeExact(gs, gammaAt + i);
          FloatVector d =
              v.sub(means).mul(inverses).fma(minusMeansHx, dv.mul(g).sub(meansH)).mul(inverses);
          if (accumulate) {
            d = d.add((FloatVector) LOAD.invokeExact(dxs, dxRow + i));
          }
          STORE.invokeExact(d, dxs, dxRow + i);
        }
      } catch (Throwable e) {
        throw unchecked(e);
      }
      for (int i = end; i < cols; i++) {
        float normal = (x.get(row + i) - mean) * inverse;
        float h = dy.get(dyRow + i) * gamma.get(gammaAt + i);
        float d = Math.fma(-normal, meanHx, h - meanH) * inverse;
        dx.set(dxRow + i, accumulate ? dx.get(dxRow + i) + d : d);
      }
    }
  }

  static void softmax(Floats x, int xAt, int stride, int rows, int cols) {
    Object xs = x.memory;
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int row = xAt + r * stride;
      float largest = largest(x, row, cols, end);
      double sum = exponentials(xs, row, end, largest);
      sum += ScalarKernels.exponentials(x, row + end, cols - end, largest);
      VectorElementwise.scale((float) (1 / sum), x, row, x, row, cols);
    }
  }

  static void softmaxBackward(
      Floats p, int pAt, Floats dp, int dpAt, int stride, int rows, int cols) {
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int row = pAt + r * stride;
      int dRow = dpAt + r * stride;
      float delta = (float) VectorReductions.dot(p, row, dp, dRow, cols);
      scoreGradient(p.memory, row, dp.memory, dRow, delta, end);
      ScalarKernels.scoreGradient(p, row + end, dp, dRow + end, delta, cols - end);
    }
  }

  static void softmaxNumerators(
      Floats s,
      int sAt,
      int stride,
      Floats sums,
      int sumsAt,
      Floats logSums,
      int logSumsAt,
      int rows,
      int cols) {
    Object ss = s.memory;
    int padded = VectorMemory.whole(cols + LANES - 1);
    for (int r = 0; r < rows; r++) {
      int row = sAt + r * stride;
      for (int i = cols; i < padded; i++) {
        s.set(row + i, Float.NEGATIVE_INFINITY);
      }
      float largest = largest(s, row, padded, padded);
      float sum = exponentials(ss, row, padded, largest);
      sums.set(sumsAt + r, sum);
      if (logSums != null) {
        logSums.set(logSumsAt + r, (float) (largest + Math.log(sum)));
      }
    }
  }

  static void softmaxScoresBackward(
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
    Object ss = s.memory;
    Object dps = dp.memory;
    int padded = VectorMemory.whole(cols + LANES - 1);
    for (int r = 0; r < rows; r++) {
      int row = sAt + r * stride;
      int dRow = dpAt + r * stride;
      FloatVector shift = all(logSums.get(logSumsAt + r));
      FloatVector delta = all(deltas.get(deltasAt + r));
      for (int i = 0; i < padded; i += LANES) {
        FloatVector p = expNonPositive(load(ss, row + i).sub(shift));
        store(p, ss, row + i);
        store(p.mul(load(dps, dRow + i).sub(delta)), dps, dRow + i);
      }
    }
  }

  private static float largest(Floats x, int at, int count, int end) {
    Object xs = x.memory;
    FloatVector largest = all(Float.NEGATIVE_INFINITY);
    for (int i = 0; i < end; i += LANES) {
      largest = largest.max(load(xs, at + i));
    }
    float result = largest.reduceLanes(VectorOperators.MAX);
    for (int i = end; i < count; i++) {
      result = Math.max(result, x.get(at + i));
    }
    return result;
  }

  /** x = exp(x − shift), and their sum. */
  private static float exponentials(Object xs, int at, int end, float shift) {
    FloatVector shifts = all(shift);
    FloatVector sum = zero();
    for (int i = 0; i < end; i += LANES) {
      FloatVector e = expNonPositive(load(xs, at + i).sub(shifts));
      store(e, xs, at + i);
      sum = sum.add(e);
    }
    return sumLanes(sum);
  }

  /** dp = p·(dp − delta). */
  private static void scoreGradient(
      Object ps, int pAt, Object dps, int dpAt, float delta, int end) {
    FloatVector deltas = all(delta);
    for (int i = 0; i < end; i += LANES) {
      store(load(ps, pAt + i).mul(load(dps, dpAt + i).sub(deltas)), dps, dpAt + i);
    }
  }
}
