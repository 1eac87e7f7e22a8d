package io.github.dyad.kernel;

import static io.github.dyad.kernel.VectorMemory.LANES;
import static io.github.dyad.kernel.VectorMemory.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
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

  // In a short loop a constant is best broadcast where it is used: the compiler keeps it in a
  // register.
  // But it gives up inlining after some fifty operations (18,000 nodes on Java 17), broadcasts
  // counted,
  // and what is not inlined is a hundred times slower. So GELU's constants are vectors made once,
  // which are read from memory. KernelCompilationTest notices a loop that has grown too long.
  static final FloatVector ONE = all(1);
  static final FloatVector ZERO = all(0);
  private static final FloatVector MINUS_HALF = all(-0.5f);
  static final FloatVector NORMAL_DENSITY_AT_0 = all((float) NormalDistribution.DENSITY_AT_0);

  // e^x = 2^n·e^r, n = round(x/ln 2), r = x − n·ln 2 in [−0.347, 0.347]; ln 2 in two parts, the
  // first
  // with 9 bits so that n times it is exact. Adding 1.5·2^23 rounds to an integer, whose low bits
  // are
  // then those of the sum.
  private static final float LOG2_E = 1.44269504f;
  private static final float ROUNDING = 12582912f;
  private static final float MINUS_LN2_HIGH = -0.693359375f;
  private static final float MINUS_LN2_LOW = 2.12194440e-4f;
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

  private static final FloatVector LOG2_E_V = all(LOG2_E);
  private static final FloatVector ROUNDING_V = all(ROUNDING);
  private static final FloatVector MINUS_LN2_HIGH_V = all(MINUS_LN2_HIGH);
  private static final FloatVector MINUS_LN2_LOW_V = all(MINUS_LN2_LOW);
  private static final IntVector ONE_BITS_V = ONE.reinterpretAsInts();
  private static final FloatVector E0_V = all(E0);
  private static final FloatVector E1_V = all(E1);
  private static final FloatVector E2_V = all(E2);
  private static final FloatVector E3_V = all(E3);
  private static final FloatVector E4_V = all(E4);
  private static final FloatVector LEAST_EXPONENT_V = all(LEAST_EXPONENT);
  private static final FloatVector P = all((float) NormalDistribution.P);
  private static final FloatVector C0 = all((float) NormalDistribution.C0);
  private static final FloatVector C1 = all((float) NormalDistribution.C1);
  private static final FloatVector C2 = all((float) NormalDistribution.C2);
  private static final FloatVector C3 = all((float) NormalDistribution.C3);
  private static final FloatVector C4 = all((float) NormalDistribution.C4);
  private static final FloatVector C5 = all((float) NormalDistribution.C5);
  private static final FloatVector C6 = all((float) NormalDistribution.C6);
  private static final FloatVector C7 = all((float) NormalDistribution.C7);
  private static final FloatVector C8 = all((float) NormalDistribution.C8);

  private VectorMath() {}

  static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  /** Where a sum begins; unlike {@link #ZERO}, compiled loops keep it in a register. */
  static FloatVector zero() {
    return FloatVector.zero(SPECIES);
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
    return sum.lane(0) + sum.lane(1) + (sum.lane(2) + sum.lane(3));
  }

  /** e^x for x ≤ 0 (or barely above); 0 below −87.3. NaN stays NaN. */
  static FloatVector expNonPositive(FloatVector x) {
    FloatVector shifted = x.fma(all(LOG2_E), all(ROUNDING));
    FloatVector n = shifted.sub(ROUNDING);
    FloatVector r = n.fma(all(MINUS_LN2_LOW), n.fma(all(MINUS_LN2_HIGH), x));
    FloatVector q = r.fma(all(E4), all(E3)).fma(r, all(E2)).fma(r, all(E1)).fma(r, all(E0));
    FloatVector e = q.fma(r.mul(r), r).add(1f);
    IntVector power =
        shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, EXPONENT_SHIFT).add(ONE_BITS);
    return e.mul(power.reinterpretAsFloats())
        .blend(0f, x.compare(VectorOperators.LT, LEAST_EXPONENT));
  }

  /** e^(−x²/2). */
  static FloatVector bell(FloatVector x) {
    return exp(x.mul(x).mul(MINUS_HALF));
  }

  /** As {@link #expNonPositive}, with constants from memory: better where registers are short. */
  static FloatVector exp(FloatVector exponent) {
    FloatVector shifted = exponent.fma(LOG2_E_V, ROUNDING_V);
    FloatVector n = shifted.sub(ROUNDING_V);
    FloatVector r = n.fma(MINUS_LN2_LOW_V, n.fma(MINUS_LN2_HIGH_V, exponent));
    FloatVector q = r.fma(E4_V, E3_V).fma(r, E2_V).fma(r, E1_V).fma(r, E0_V);
    FloatVector e = q.fma(r.mul(r), r).add(ONE);
    IntVector power =
        shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, EXPONENT_SHIFT).add(ONE_BITS_V);
    return e.mul(power.reinterpretAsFloats())
        .blend(ZERO, exponent.compare(VectorOperators.LT, LEAST_EXPONENT_V));
  }

  /** Φ(x), given e = e^(−x²/2), from {@link #bell}; see {@link NormalDistribution}. */
  static FloatVector normalCdf(FloatVector x, FloatVector e) {
    FloatVector t = ONE.div(x.abs().fma(P, ONE));
    FloatVector q =
        t.fma(C8, C7).fma(t, C6).fma(t, C5).fma(t, C4).fma(t, C3).fma(t, C2).fma(t, C1).fma(t, C0);
    FloatVector tail = q.mul(t).mul(e);
    return ONE.sub(tail).blend(tail, x.compare(VectorOperators.LT, ZERO));
  }

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.fromOp(SPECIES, lane -> (lane + by) % LANES);
  }
}
