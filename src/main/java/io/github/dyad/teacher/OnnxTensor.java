package io.github.dyad.teacher;

import java.util.Arrays;

/**
 * A tensor of the file: its shape, and its numbers where they are known. Floats and integers
 * (booleans are 0 and 1) are all an exported transformer needs. Tensors share buffers; none is
 * written to once made.
 */
final class OnnxTensor {
  private static final int MAX_SIZES = 1 << 16;

  private final Layout layout;
  private final float[] floats;
  private final long[] integers;

  private OnnxTensor(Layout layout, float[] floats, long[] integers) {
    this.layout = layout;
    this.floats = floats;
    this.integers = integers;
  }

  static OnnxTensor shapeOnly(int... shape) {
    return new OnnxTensor(Layout.contiguous(shape), null, null);
  }

  static OnnxTensor of(float[] values, int... shape) {
    return new OnnxTensor(Layout.contiguous(shape), values, null);
  }

  static OnnxTensor of(long[] values, int... shape) {
    return new OnnxTensor(Layout.contiguous(shape), null, values);
  }

  static OnnxTensor vector(long... values) {
    return of(values, values.length);
  }

  static OnnxTensor scalar(long value) {
    return of(new long[] {value});
  }

  /** The same buffer under another layout; a tensor without numbers keeps only the shape. */
  OnnxTensor with(Layout view) {
    return hasData() ? new OnnxTensor(view, floats, integers) : shapeOnly(view.shape());
  }

  Layout layout() {
    return layout;
  }

  int[] shape() {
    return layout.shape();
  }

  int rank() {
    return layout.rank();
  }

  long count() {
    return layout.count();
  }

  boolean hasData() {
    return floats != null || integers != null;
  }

  boolean isFloat() {
    return floats != null;
  }

  boolean isInteger() {
    return integers != null;
  }

  /** Same numbers, row-major, in a buffer of their own where needed. */
  OnnxTensor contiguous() {
    if (!hasData() || layout.isContiguous() && layout.offset() == 0 && buffer() == count()) {
      return this;
    }
    int size = Math.toIntExact(count());
    if (floats != null) {
      float[] copy = new float[size];
      int[] next = {0};
      forEachOffset(offset -> copy[next[0]++] = floats[offset]);
      return of(copy, shape());
    }
    long[] copy = new long[size];
    int[] next = {0};
    forEachOffset(offset -> copy[next[0]++] = integers[offset]);
    return of(copy, shape());
  }

  private int buffer() {
    return floats != null ? floats.length : integers.length;
  }

  /** The numbers, row-major; an integer tensor's are converted. */
  float[] floats() {
    OnnxTensor packed = contiguous();
    if (packed.floats != null) {
      return packed.floats;
    }
    float[] values = new float[packed.integers.length];
    for (int k = 0; k < values.length; k++) {
      values[k] = packed.integers[k];
    }
    return values;
  }

  /** The numbers, row-major; a float tensor's are truncated. */
  long[] integers() {
    OnnxTensor packed = contiguous();
    if (packed.integers != null) {
      return packed.integers;
    }
    long[] values = new long[packed.floats.length];
    for (int k = 0; k < values.length; k++) {
      values[k] = (long) packed.floats[k];
    }
    return values;
  }

  /** The numbers of an integer tensor that is used as sizes, axes or positions. */
  int[] sizes(String what) {
    if (integers == null) {
      throw RefusedException.graph(what + " is not known from the file and the image's size");
    }
    if (count() > MAX_SIZES) {
      throw RefusedException.broken(what + " has " + count() + " numbers");
    }
    long[] values = integers();
    int[] sizes = new int[values.length];
    for (int k = 0; k < sizes.length; k++) {
      // Slices say "to the end" with the largest long.
      sizes[k] = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, values[k]));
    }
    return sizes;
  }

  private interface OffsetConsumer {
    void accept(int offset);
  }

  private void forEachOffset(OffsetConsumer consumer) {
    if (count() == 0) {
      return;
    }
    int[] shape = shape();
    long[] strides = layout.strides();
    int[] index = new int[rank()];
    int last = rank() - 1;
    int inner = last < 0 ? 1 : shape[last];
    int step = last < 0 ? 0 : (int) strides[last];
    long offset = layout.offset();
    while (true) {
      for (int k = 0, at = (int) offset; k < inner; k++, at += step) {
        consumer.accept(at);
      }
      int axis = last - 1;
      while (axis >= 0 && ++index[axis] == shape[axis]) {
        offset -= strides[axis] * (shape[axis] - 1);
        index[axis--] = 0;
      }
      if (axis < 0) {
        return;
      }
      offset += strides[axis];
    }
  }

  @Override
  public String toString() {
    String kind = floats != null ? "float" : integers != null ? "integer" : "unknown";
    return kind + Arrays.toString(shape());
  }
}
