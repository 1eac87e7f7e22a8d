package io.github.dyad.kernel;

import static io.github.dyad.kernel.VectorMath.ZERO;
import static io.github.dyad.kernel.VectorMath.all;
import static io.github.dyad.kernel.VectorMemory.LANES;
import static io.github.dyad.kernel.VectorMemory.SPECIES;
import static io.github.dyad.kernel.VectorMemory.load;
import static io.github.dyad.kernel.VectorMemory.store;
import static io.github.dyad.kernel.VectorMemory.whole;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Vector path of what treats every element alike. Remainders of a vector go to the scalar path. */
final class VectorElementwise {
  private static final ScalarKernels REST = ScalarKernels.INSTANCE;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final IntVector LANE_NUMBERS = IntVector.zero(INTS).addIndex(1);
  private static final IntVector ELEMENT_MULTIPLIER =
      IntVector.broadcast(INTS, Dropout.ELEMENT_MULTIPLIER);
  private static final IntVector MULTIPLIER_1 = IntVector.broadcast(INTS, Dropout.MULTIPLIER_1);
  private static final IntVector MULTIPLIER_2 = IntVector.broadcast(INTS, Dropout.MULTIPLIER_2);

  private VectorElementwise() {}

  static void zero(Floats x, int xAt, int count) {
    Object xs = x.memory;
    int end = whole(count);
    for (int i = 0; i < end; i += LANES) {
      store(ZERO, xs, xAt + i);
    }
    REST.zero(x, xAt + end, count - end);
  }

  static void copy(Floats x, int xAt, Floats y, int yAt, int count) {
    Object xs = x.memory;
    Object ys = y.memory;
    int end = whole(count);
    for (int i = 0; i < end; i += LANES) {
      store(load(xs, xAt + i), ys, yAt + i);
    }
    REST.copy(x, xAt + end, y, yAt + end, count - end);
  }

  static void add(Floats x, int xAt, Floats y, int yAt, int count) {
    Object xs = x.memory;
    Object ys = y.memory;
    int end = whole(count);
    for (int i = 0; i < end; i += LANES) {
      store(load(ys, yAt + i).add(load(xs, xAt + i)), ys, yAt + i);
    }
    REST.add(x, xAt + end, y, yAt + end, count - end);
  }

  static void axpy(float a, Floats x, int xAt, Floats y, int yAt, int count) {
    Object xs = x.memory;
    Object ys = y.memory;
    FloatVector factor = all(a);
    int end = whole(count);
    for (int i = 0; i < end; i += LANES) {
      store(load(xs, xAt + i).fma(factor, load(ys, yAt + i)), ys, yAt + i);
    }
    REST.axpy(a, x, xAt + end, y, yAt + end, count - end);
  }

  static void scale(float a, Floats x, int xAt, Floats y, int yAt, int count) {
    Object xs = x.memory;
    Object ys = y.memory;
    FloatVector factor = all(a);
    int end = whole(count);
    for (int i = 0; i < end; i += LANES) {
      store(load(xs, xAt + i).mul(factor), ys, yAt + i);
    }
    REST.scale(a, x, xAt + end, y, yAt + end, count - end);
  }

  static void copyRows(
      Floats x, int xAt, int xStride, Floats y, int yAt, int yStride, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      copy(x, xAt + r * xStride, y, yAt + r * yStride, cols);
    }
  }

  static void addBias(Floats bias, int biasAt, Floats x, int xAt, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      add(bias, biasAt, x, xAt + r * cols, cols);
    }
  }

  static void divideRows(
      Floats divisors, int divisorsAt, Floats x, int xAt, int xStride, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      int row = xAt + r * xStride;
      scale(1 / divisors.get(divisorsAt + r), x, row, x, row, cols);
    }
  }

  static void addScaledRow(
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

  static void addWeightedRows(
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

  static void multiply(Floats x, int xAt, Floats y, int yAt, Floats z, int zAt, int count) {
    Object xs = x.memory;
    Object ys = y.memory;
    Object zs = z.memory;
    int end = whole(count);
    for (int i = 0; i < end; i += LANES) {
      store(load(xs, xAt + i).mul(load(ys, yAt + i)), zs, zAt + i);
    }
    REST.multiply(x, xAt + end, y, yAt + end, z, zAt + end, count - end);
  }

  static void mean(Floats[] xs, int[] at, Floats y, int yAt, int count) {
    Object ys = y.memory;
    float share = 1f / xs.length;
    FloatVector shares = all(share);
    int end = whole(count);
    for (int i = 0; i < end; i += LANES) {
      FloatVector sum = load(xs[0].memory, at[0] + i);
      for (int k = 1; k < xs.length; k++) {
        sum = sum.add(load(xs[k].memory, at[k] + i));
      }
      store(sum.mul(shares), ys, yAt + i);
    }
    for (int i = end; i < count; i++) {
      float sum = xs[0].get(at[0] + i);
      for (int k = 1; k < xs.length; k++) {
        sum += xs[k].get(at[k] + i);
      }
      y.set(yAt + i, sum * share);
    }
  }

  static void residual(
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
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int at = r * cols;
      if (gamma == null) {
        plainResidualRow(x, xAt + at, bias, biasAt, z, zAt + at, y, yAt + at, end);
      } else {
        scaledResidualRow(x, xAt + at, bias, biasAt, gamma, gammaAt, z, zAt + at, y, yAt + at, end);
      }
      if (end < cols) {
        REST.residual(
            x,
            xAt + at + end,
            bias,
            biasAt + end,
            gamma,
            gammaAt + end,
            z,
            zAt + at + end,
            y,
            yAt + at + end,
            1,
            cols - end);
      }
    }
  }

  private static void plainResidualRow(
      Floats x, int xAt, Floats bias, int biasAt, Floats z, int zAt, Floats y, int yAt, int end) {
    Object xs = x.memory;
    Object zs = z.memory;
    Object ys = y.memory;
    Object bs = bias == null ? null : bias.memory;
    for (int i = 0; i < end; i += LANES) {
      FloatVector v = load(zs, zAt + i);
      if (bs != null) {
        v = v.add(load(bs, biasAt + i));
      }
      store(load(xs, xAt + i).add(v), ys, yAt + i);
    }
  }

  private static void scaledResidualRow(
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
      int end) {
    Object xs = x.memory;
    Object zs = z.memory;
    Object ys = y.memory;
    Object gs = gamma.memory;
    Object bs = bias == null ? null : bias.memory;
    for (int i = 0; i < end; i += LANES) {
      FloatVector v = load(zs, zAt + i);
      if (bs != null) {
        v = v.add(load(bs, biasAt + i));
        store(v, zs, zAt + i);
      }
      store(v.fma(load(gs, gammaAt + i), load(xs, xAt + i)), ys, yAt + i);
    }
  }

  static void residualBackward(
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
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int at = r * cols;
      if (gamma != null) {
        scaledResidualRowBackward(
            dy, dyAt + at, z, zAt + at, gamma, gammaAt, dGamma, dGammaAt, dz, dzAt + at, end);
      } else if (dz != dy || dzAt != dyAt) {
        copy(dy, dyAt + at, dz, dzAt + at, end);
      }
      if (dBias != null) {
        add(dz, dzAt + at, dBias, dBiasAt, end);
      }
      if (end < cols) {
        REST.residualBackward(
            dy,
            dyAt + at + end,
            z,
            zAt + at + end,
            gamma,
            gammaAt + end,
            dGamma,
            dGammaAt + end,
            dBias,
            dBiasAt + end,
            dz,
            dzAt + at + end,
            1,
            cols - end);
      }
    }
  }

  private static void scaledResidualRowBackward(
      Floats dy,
      int dyAt,
      Floats z,
      int zAt,
      Floats gamma,
      int gammaAt,
      Floats dGamma,
      int dGammaAt,
      Floats dz,
      int dzAt,
      int end) {
    Object dys = dy.memory;
    Object zs = z.memory;
    Object gs = gamma.memory;
    Object dgs = dGamma.memory;
    Object dzs = dz.memory;
    for (int i = 0; i < end; i += LANES) {
      FloatVector g = load(dys, dyAt + i);
      store(g.fma(load(zs, zAt + i), load(dgs, dGammaAt + i)), dgs, dGammaAt + i);
      store(g.mul(load(gs, gammaAt + i)), dzs, dzAt + i);
    }
  }

  static void dropout(
      long key,
      int firstElement,
      double probability,
      Floats x,
      int xAt,
      Floats y,
      int yAt,
      int count) {
    Object xs = x.memory;
    Object ys = y.memory;
    int threshold = Dropout.threshold(probability);
    FloatVector scale = all((float) (1 / (1 - probability)));
    IntVector low = IntVector.broadcast(INTS, (int) key);
    IntVector high = IntVector.broadcast(INTS, (int) (key >>> 32));
    IntVector thresholds = IntVector.broadcast(INTS, threshold);
    int end = whole(count);
    for (int i = 0; i < end; i += LANES) {
      IntVector h = LANE_NUMBERS.add(firstElement + i).mul(ELEMENT_MULTIPLIER).add(low);
      h = xorShifted(h, 16).mul(MULTIPLIER_1);
      h = xorShifted(h, 15).add(high);
      h = xorShifted(h, 16).mul(MULTIPLIER_2);
      h = xorShifted(h, 15);
      VectorMask<Float> dropped = h.compare(VectorOperators.LT, thresholds).cast(SPECIES);
      store(load(xs, xAt + i).mul(scale).blend(ZERO, dropped), ys, yAt + i);
    }
    REST.dropout(key, firstElement + end, probability, x, xAt + end, y, yAt + end, count - end);
  }

  private static IntVector xorShifted(IntVector h, int by) {
    return h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, by));
  }

  static void stableAdamWUpdate(
      StableAdamW.Step step,
      double rate,
      Floats m,
      int mAt,
      Floats vMax,
      int vMaxAt,
      Floats theta,
      int thetaAt,
      int count) {
    Object ms = m.memory;
    Object vs = vMax.memory;
    Object ts = theta.memory;
    FloatVector decay = all((float) (1 - step.learningRate() * step.weightDecay()));
    FloatVector pace = all((float) (rate / step.biasCorrection1()));
    FloatVector inverseCorrection = all((float) (1 / Math.sqrt(step.biasCorrection2())));
    FloatVector epsilon = all((float) step.epsilon());
    int end = whole(count);
    for (int i = 0; i < end; i += LANES) {
      FloatVector denominator = load(vs, vMaxAt + i).sqrt().fma(inverseCorrection, epsilon);
      FloatVector change = load(ms, mAt + i).mul(pace).div(denominator);
      store(load(ts, thetaAt + i).mul(decay).sub(change), ts, thetaAt + i);
    }
    REST.stableAdamWUpdate(
        step, rate, m, mAt + end, vMax, vMaxAt + end, theta, thetaAt + end, count - end);
  }
}
