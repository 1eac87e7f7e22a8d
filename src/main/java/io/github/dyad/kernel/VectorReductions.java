package io.github.dyad.kernel;

import static io.github.dyad.kernel.VectorMath.all;
import static io.github.dyad.kernel.VectorMath.sumLanes;
import static io.github.dyad.kernel.VectorMath.zero;
import static io.github.dyad.kernel.VectorMemory.LANES;
import static io.github.dyad.kernel.VectorMemory.load;
import static io.github.dyad.kernel.VectorMemory.store;
import static io.github.dyad.kernel.VectorMemory.whole;

import jdk.incubator.vector.FloatVector;

/**
 * Vector path of sums. A long sum is a double of blocks, each summed in float32 by two vectors; so
 * its order is fixed by its length alone.
 */
final class VectorReductions {
  private static final int BLOCK = 32 * LANES;

  private VectorReductions() {}

  static double dot(Floats x, int xAt, Floats y, int yAt, int count) {
    Object xs = x.memory;
    Object ys = y.memory;
    int end = whole(count);
    double sum = 0;
    for (int block = 0; block < end; block += BLOCK) {
      sum += dotBlock(xs, xAt + block, ys, yAt + block, Math.min(BLOCK, end - block));
    }
    for (int i = end; i < count; i++) {
      sum += (double) x.get(xAt + i) * y.get(yAt + i);
    }
    return sum;
  }

  private static float dotBlock(Object xs, int xAt, Object ys, int yAt, int count) {
    FloatVector even = zero();
    FloatVector odd = zero();
    int i = 0;
    for (; i <= count - 2 * LANES; i += 2 * LANES) {
      even = load(xs, xAt + i).fma(load(ys, yAt + i), even);
      odd = load(xs, xAt + i + LANES).fma(load(ys, yAt + i + LANES), odd);
    }
    if (i < count) {
      even = load(xs, xAt + i).fma(load(ys, yAt + i), even);
    }
    return sumLanes(even.add(odd));
  }

  static double sum(Floats x, int xAt, int count) {
    Object xs = x.memory;
    int end = whole(count);
    double sum = 0;
    for (int block = 0; block < end; block += BLOCK) {
      sum += sumBlock(xs, xAt + block, Math.min(BLOCK, end - block));
    }
    for (int i = end; i < count; i++) {
      sum += x.get(xAt + i);
    }
    return sum;
  }

  private static float sumBlock(Object xs, int xAt, int count) {
    FloatVector even = zero();
    FloatVector odd = zero();
    int i = 0;
    for (; i <= count - 2 * LANES; i += 2 * LANES) {
      even = even.add(load(xs, xAt + i));
      odd = odd.add(load(xs, xAt + i + LANES));
    }
    if (i < count) {
      even = even.add(load(xs, xAt + i));
    }
    return sumLanes(even.add(odd));
  }

  static void rowDots(
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

  static void columnSums(
      Floats x, int xAt, int xStride, Floats sums, int sumsAt, int rows, int cols) {
    Object xs = x.memory;
    Object ss = sums.memory;
    int end = whole(cols);
    int r = 0;
    for (; r <= rows - 4; r += 4) { // four rows for one load and store of the sums
      int row0 = xAt + r * xStride;
      int row1 = row0 + xStride;
      int row2 = row1 + xStride;
      int row3 = row2 + xStride;
      for (int i = 0; i < end; i += LANES) {
        FloatVector front = load(xs, row0 + i).add(load(xs, row1 + i));
        FloatVector back = load(xs, row2 + i).add(load(xs, row3 + i));
        store(load(ss, sumsAt + i).add(front.add(back)), ss, sumsAt + i);
      }
    }
    for (; r < rows; r++) {
      VectorElementwise.add(x, xAt + r * xStride, sums, sumsAt, end);
    }
    if (end < cols) {
      ScalarKernels.INSTANCE.columnSums(
          x, xAt + end, xStride, sums, sumsAt + end, rows, cols - end);
    }
  }

  static void cosineTerms(
      Floats t, int tAt, Floats d, int dAt, double[] terms, int termsAt, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      int row = r * cols;
      terms[termsAt + 3 * r] = dot(t, tAt + row, d, dAt + row, cols);
      terms[termsAt + 3 * r + 1] = dot(t, tAt + row, t, tAt + row, cols);
      terms[termsAt + 3 * r + 2] = dot(d, dAt + row, d, dAt + row, cols);
    }
  }

  static void cosineBackward(
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
    Object ts = t.memory;
    Object ds = d.memory;
    Object gs = gradient.memory;
    float ofT = (float) Cosine.teacherFactor(scale, tt, dd);
    float ofD = (float) Cosine.studentFactor(scale, td, tt, dd);
    FloatVector factorT = all(ofT);
    FloatVector factorD = all(ofD);
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int at = r * cols;
      float weight = weights == null ? 1 : weights.get(weightsAt + r);
      FloatVector weightV = all(weight);
      for (int i = 0; i < end; i += LANES) {
        FloatVector direction =
            load(ds, dAt + at + i).fma(factorD, load(ts, tAt + at + i).mul(factorT));
        store(direction.mul(weightV), gs, gradientAt + at + i);
      }
      for (int i = at + end; i < at + cols; i++) {
        float direction = Math.fma(d.get(dAt + i), ofD, t.get(tAt + i) * ofT);
        gradient.set(gradientAt + i, weight * direction);
      }
    }
  }

  static void squaredDistances(
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
    Object xs = x.memory;
    Object ys = y.memory;
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int xRow = xAt + r * xStride;
      int yRow = yAt + r * yStride;
      double sum = 0;
      for (int block = 0; block < end; block += BLOCK) {
        FloatVector squares = zero();
        for (int i = block; i < Math.min(block + BLOCK, end); i += LANES) {
          FloatVector difference = load(ys, yRow + i).sub(load(xs, xRow + i));
          squares = difference.fma(difference, squares);
        }
        sum += sumLanes(squares);
      }
      for (int i = end; i < cols; i++) {
        double difference = (double) y.get(yRow + i) - x.get(xRow + i);
        sum += difference * difference;
      }
      sums[sumsAt + r] += sum;
    }
  }

  static void squaredDistancesBackward(
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
    Object xs = x.memory;
    Object ys = y.memory;
    Object ds = dy.memory;
    int end = whole(cols);
    for (int r = 0; r < rows; r++) {
      int xRow = xAt + r * xStride;
      int yRow = yAt + r * yStride;
      int dRow = dyAt + r * dyStride;
      FloatVector factor = all(factors.get(factorsAt + r));
      for (int i = 0; i < end; i += LANES) {
        FloatVector difference = load(ys, yRow + i).sub(load(xs, xRow + i));
        store(difference.fma(factor, load(ds, dRow + i)), ds, dRow + i);
      }
      if (end < cols) {
        ScalarKernels.INSTANCE.squaredDistancesBackward(
            x,
            xRow + end,
            xStride,
            y,
            yRow + end,
            yStride,
            factors,
            factorsAt + r,
            dy,
            dRow + end,
            dyStride,
            1,
            cols - end);
      }
    }
  }

  static double stableAdamWMoments(
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
    int end = whole(count);
    double sum = 0;
    for (int block = 0; block < end; block += BLOCK) {
      sum +=
          moments(
              step,
              gradient.memory,
              gradientAt + block,
              m.memory,
              mAt + block,
              v.memory,
              vAt + block,
              vMax.memory,
              vMaxAt + block,
              Math.min(BLOCK, end - block));
    }
    return sum
        + ScalarKernels.INSTANCE.stableAdamWMoments(
            step,
            gradient,
            gradientAt + end,
            m,
            mAt + end,
            v,
            vAt + end,
            vMax,
            vMaxAt + end,
            count - end);
  }

  private static float moments(
      StableAdamW.Step step,
      Object gradients,
      int gradientAt,
      Object ms,
      int mAt,
      Object vs,
      int vAt,
      Object maxima,
      int maxAt,
      int count) {
    FloatVector gradientScale = all((float) step.gradientScale());
    FloatVector beta1 = all((float) step.beta1());
    FloatVector rest1 = all((float) (1 - step.beta1()));
    FloatVector beta2 = all((float) step.beta2());
    FloatVector rest2 = all((float) (1 - step.beta2()));
    FloatVector inverseCorrection = all((float) (1 / Math.sqrt(step.biasCorrection2())));
    FloatVector epsilon = all((float) step.epsilon());
    FloatVector squares = zero();
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gradients, gradientAt + i).mul(gradientScale);
      store(g.fma(rest1, load(ms, mAt + i).mul(beta1)), ms, mAt + i);
      FloatVector second = g.mul(g).fma(rest2, load(vs, vAt + i).mul(beta2));
      store(second, vs, vAt + i);
      FloatVector largest = second.max(load(maxima, maxAt + i));
      store(largest, maxima, maxAt + i);
      FloatVector ratio = g.div(largest.sqrt().fma(inverseCorrection, epsilon));
      squares = ratio.fma(ratio, squares);
    }
    return sumLanes(squares);
  }
}
