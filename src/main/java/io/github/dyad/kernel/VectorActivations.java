package io.github.dyad.kernel;

import static io.github.dyad.kernel.VectorMath.NORMAL_DENSITY_AT_0;
import static io.github.dyad.kernel.VectorMath.all;
import static io.github.dyad.kernel.VectorMath.bell;
import static io.github.dyad.kernel.VectorMath.expNonPositive;
import static io.github.dyad.kernel.VectorMath.normalCdf;
import static io.github.dyad.kernel.VectorMemory.LANES;
import static io.github.dyad.kernel.VectorMemory.STORE;
import static io.github.dyad.kernel.VectorMemory.load;
import static io.github.dyad.kernel.VectorMemory.store;
import static io.github.dyad.kernel.VectorMemory.unchecked;
import static io.github.dyad.kernel.VectorMemory.whole;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Vector path of the activations. Remainders of a vector go to the scalar path. */
final class VectorActivations {
  private static final ScalarKernels REST = ScalarKernels.INSTANCE;

  private VectorActivations() {}

  static void gelu(Floats x, int xAt, Floats y, int yAt, int count) {
    Object xs = x.memory;
    Object ys = y.memory;
    int end = whole(count);
    try {
      for (int i = 0; i < end; i += LANES) {
        STORE.invokeExact(gelu(load(xs, xAt + i)), ys, yAt + i);
      }
    } catch (Throwable e) {
      throw unchecked(e);
    }
    REST.gelu(x, xAt + end, y, yAt + end, count - end);
  }

  static void biasGelu(
      Floats bias, int biasAt, Floats x, int xAt, Floats y, int yAt, int rows, int cols) {
    Object bs = bias.memory;
    Object xs = x.memory;
    Object ys = y.memory;
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int at = r * cols;
      try {
        for (int i = 0; i < end; i += LANES) {
          FloatVector v = load(xs, xAt + at + i).add(load(bs, biasAt + i));
          store(v, xs, xAt + at + i);
          STORE.invokeExact(gelu(v), ys, yAt + at + i);
        }
      } catch (Throwable e) {
        throw unchecked(e);
      }
      if (end < cols) {
        int rest = at + end;
        REST.biasGelu(bias, biasAt + end, x, xAt + rest, y, yAt + rest, 1, cols - end);
      }
    }
  }

  static void geluBackward(Floats x, int xAt, Floats dy, int dyAt, Floats dx, int dxAt, int count) {
    Object xs = x.memory;
    Object dys = dy.memory;
    Object dxs = dx.memory;
    int end = whole(count);
    try {
      for (int i = 0; i < end; i += LANES) {
        FloatVector v = load(xs, xAt + i);
        FloatVector g = load(dys, dyAt + i);
        FloatVector bell = bell(v);
        FloatVector derivative = v.fma(bell.mul(NORMAL_DENSITY_AT_0), normalCdf(v, bell));
        STORE.invokeExact(g.mul(derivative), dxs, dxAt + i);
      }
    } catch (Throwable e) {
      throw unchecked(e);
    }
    REST.geluBackward(x, xAt + end, dy, dyAt + end, dx, dxAt + end, count - end);
  }

  static void biasGeluDerivative(
      Floats bias, int biasAt, Floats x, int xAt, Floats y, int yAt, int rows, int cols) {
    Object bs = bias.memory;
    Object xs = x.memory;
    Object ys = y.memory;
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int at = r * cols;
      try {
        for (int i = 0; i < end; i += LANES) {
          FloatVector v = load(xs, xAt + at + i).add(load(bs, biasAt + i));
          FloatVector bell = bell(v);
          FloatVector cdf = normalCdf(v, bell);
          STORE.invokeExact(v.mul(cdf), ys, yAt + at + i);
          FloatVector derivative = v.fma(bell.mul(NORMAL_DENSITY_AT_0), cdf);
          STORE.invokeExact(derivative, xs, xAt + at + i);
        }
      } catch (Throwable e) {
        throw unchecked(e);
      }
      if (end < cols) {
        int rest = at + end;
        REST.biasGeluDerivative(bias, biasAt + end, x, xAt + rest, y, yAt + rest, 1, cols - end);
      }
    }
  }

  private static FloatVector gelu(FloatVector x) {
    return x.mul(normalCdf(x, bell(x)));
  }

  static void biasSwiGlu(
      Floats bias, int biasAt, Floats x, int xAt, Floats y, int yAt, int rows, int cols) {
    Object xs = x.memory;
    Object ys = y.memory;
    Object bs = bias == null ? null : bias.memory;
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int gates = xAt + r * 2 * cols;
      int values = gates + cols;
      int row = yAt + r * cols;
      for (int i = 0; i < end; i += LANES) {
        FloatVector a = load(xs, gates + i);
        FloatVector b = load(xs, values + i);
        if (bs != null) {
          a = a.add(load(bs, biasAt + i));
          b = b.add(load(bs, biasAt + cols + i));
        }
        store(silu(a).mul(b), ys, row + i);
      }
      for (int i = end; i < cols; i++) {
        float a = x.get(gates + i) + (bias == null ? 0 : bias.get(biasAt + i));
        float b = x.get(values + i) + (bias == null ? 0 : bias.get(biasAt + cols + i));
        y.set(row + i, ScalarKernels.silu(a) * b);
      }
    }
  }

  /** x/(1 + e^−x), from e^−|x| so that nothing overflows. */
  private static FloatVector silu(FloatVector x) {
    FloatVector e = expNonPositive(x.abs().neg());
    FloatVector numerator = x.mul(all(1).blend(e, x.compare(VectorOperators.LT, 0f)));
    return numerator.div(e.add(1f));
  }

  /**
   * Rows of heads are short, and loops over a few vectors are not compiled well: close rows are one
   * long row.
   */
  static void eluPlusOne(
      Floats x, int xAt, int xStride, Floats y, int yAt, int yStride, int rows, int cols) {
    if (yStride == cols && rows > 1) {
      VectorElementwise.copyRows(x, xAt, xStride, y, yAt, yStride, rows, cols);
      eluPlusOneRow(y, yAt, y, yAt, rows * cols);
    } else {
      for (int r = 0; r < rows; r++) {
        eluPlusOneRow(x, xAt + r * xStride, y, yAt + r * yStride, cols);
      }
    }
  }

  private static void eluPlusOneRow(Floats x, int xAt, Floats y, int yAt, int count) {
    Object xs = x.memory;
    Object ys = y.memory;
    int end = whole(count);
    for (int i = 0; i < end; i += LANES) {
      FloatVector v = load(xs, xAt + i);
      FloatVector e = VectorMath.exp(v.min(VectorMath.ZERO));
      store(e.add(v.max(VectorMath.ZERO)), ys, yAt + i); // e⁰ + v above 0
    }
    if (end < count) {
      int rest = count - end;
      REST.eluPlusOne(x, xAt + end, rest, y, yAt + end, rest, 1, rest);
    }
  }

  static void eluPlusOneBackward(
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
    Object ps = phi.memory;
    Object dps = dphi.memory;
    Object dxs = dx.memory;
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int p = phiAt + r * phiStride;
      int dp = dphiAt + r * dphiStride;
      int d = dxAt + r * dxStride;
      for (int i = 0; i < end; i += LANES) {
        store(load(dps, dp + i).mul(load(ps, p + i).min(1f)), dxs, d + i);
      }
      if (end < cols) {
        REST.eluPlusOneBackward(
            phi,
            p + end,
            phiStride,
            dphi,
            dp + end,
            dphiStride,
            dx,
            d + end,
            dxStride,
            1,
            cols - end);
      }
    }
  }
}
