package io.github.dyad.tensor;

import java.util.Arrays;

/**
 * A float32 array of any rank on the heap, row-major. The arrays are not copied.
 *
 * @param shape empty for a scalar
 */
public record HostTensor(float[] values, long... shape) {
  public HostTensor {
    if (count(shape) != values.length) {
      throw new IllegalArgumentException(
          values.length + " values for shape " + Arrays.toString(shape));
    }
  }

  /** Number of elements; overflow is an {@link ArithmeticException}. */
  public static long count(long... shape) {
    long count = 1;
    for (long length : shape) {
      count = Math.multiplyExact(count, length);
    }
    return count;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HostTensor t
        && Arrays.equals(shape, t.shape)
        && Arrays.equals(values, t.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + Arrays.hashCode(shape);
  }

  @Override
  public String toString() {
    return "float32" + Arrays.toString(shape);
  }
}
