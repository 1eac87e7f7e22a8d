package io.github.dyad.kernel;

import static io.github.dyad.kernel.VectorMemory.LANES;
import static io.github.dyad.kernel.VectorMemory.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Functions of vectors of the preferred length. They use no operation whose result the Vector API
 * leaves open (no sum over lanes, no built-in exponential), so interpreted and compiled code agree
 * to the bit, on every Java version.
 */
final class VectorMath {
  private static final VectorShuffle<Float> ROTATE_8 = rotation(8);
  private static final VectorShuffle<Float> ROTATE_4 = rotation(4);
  private static final VectorShuffle<Float> ROTATE_2 = rotation(2);
  private static final VectorShuffle<Float> ROTATE_1 = rotation(1);

  // e^x = 2^n·e^r, n = round(x/ln 2), r = x − n·ln 2 in [−0.347, 0.347]; ln 2 in two parts, the
  // first
  // with 9 bits so that n times it is exact. Adding 1.5·2^23 rounds to an integer, whose low bits
  // are
  // then those of the sum.
  private static final float LOG2_E = 1.44269504f;
  private static final float ROUNDING = 12582912f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final int ONE_BITS = 0x3f800000;
  private static final int EXPONENT_SHIFT = 23;
  // e^r = 1 + r + r²·(E0 + E1·r + …), minimax, 3.1e-9 relative: src/test/recipes/kernel/exp.py
  private static final float E0 = 0.4999999345f;
  private static final float E1 = 0.1666652063f;
  private static final float E2 = 0.04166838805f;
  private static final float E3 = 0.008368716879f;
  private static final float E4 = 0.001381459856f;

  /** Below, e^x is no normal number and becomes 0. */
  private static final float LEAST_EXPONENT = -87.33654f;

  private VectorMath() {}

  static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  /** Σ of the lanes, pairwise: halves, then quarters, … */
  static float sumLanes(FloatVector v) {
    FloatVector sum = v;
    if (LANES >= 16) {
      sum = sum.add(sum.rearrange(ROTATE_8));
    }
    if (LANES >= 8) {
      sum = sum.add(sum.rearrange(ROTATE_4));
    }
    if (LANES >= 4) {
      sum = sum.add(sum.rearrange(ROTATE_2));
    }
    sum = sum.add(sum.rearrange(ROTATE_1));
    return sum.lane(0);
  }

  /** e^x for x ≤ 0 (or barely above); 0 below −87.3. NaN stays NaN. */
  static FloatVector expNonPositive(FloatVector x) {
    FloatVector shifted = x.fma(all(LOG2_E), all(ROUNDING));
    FloatVector n = shifted.sub(all(ROUNDING));
    FloatVector r = n.fma(all(-LN2_HIGH), x);
    r = n.fma(all(-LN2_LOW), r);
    FloatVector q = r.fma(all(E4), all(E3)).fma(r, all(E2)).fma(r, all(E1)).fma(r, all(E0));
    FloatVector e = q.fma(r.mul(r), r).add(1f);
    IntVector power =
        shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, EXPONENT_SHIFT).add(ONE_BITS);
    VectorMask<Float> tooSmall = x.compare(VectorOperators.LT, LEAST_EXPONENT);
    return e.mul(power.reinterpretAsFloats()).blend(0f, tooSmall);
  }

  /** Φ(x), given e = e^(−x²/2); see {@link NormalDistribution}. */
  static FloatVector normalCdf(FloatVector x, FloatVector e) {
    FloatVector t = all(1f).div(x.abs().fma(all((float) NormalDistribution.P), all(1f)));
    FloatVector q =
        t.fma(all((float) NormalDistribution.C8), all((float) NormalDistribution.C7))
            .fma(t, all((float) NormalDistribution.C6))
            .fma(t, all((float) NormalDistribution.C5))
            .fma(t, all((float) NormalDistribution.C4))
            .fma(t, all((float) NormalDistribution.C3))
            .fma(t, all((float) NormalDistribution.C2))
            .fma(t, all((float) NormalDistribution.C1))
            .fma(t, all((float) NormalDistribution.C0));
    FloatVector tail = q.mul(t).mul(e);
    return all(1f).sub(tail).blend(tail, x.compare(VectorOperators.LT, 0f));
  }

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.fromOp(SPECIES, lane -> (lane + by) % LANES);
  }
}
