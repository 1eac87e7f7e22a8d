package io.github.dyad.teacher;

import java.util.Arrays;

/**
 * Where the elements of a tensor lie in its buffer: element (i0, i1, …) is at {@code offset + Σ
 * i_k·strides[k]}. The view operators of ONNX change a layout and move no number; so a layout also
 * tells which element of a source tensor arrives where, however the file splits and turns it.
 */
record Layout(int[] shape, long[] strides, long offset) {
  static final int MAX_RANK = 16;

  /** Row-major, from 0. */
  static Layout contiguous(int... shape) {
    count(shape);
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return new Layout(shape, strides, 0);
  }

  /**
   * Number of elements, refused above 2^40 so that no product of two of them overflows silently.
   */
  static long count(int... shape) {
    if (shape.length > MAX_RANK) {
      throw RefusedException.broken("a tensor has " + shape.length + " axes");
    }
    long count = 1;
    for (int size : shape) {
      if (size < 0) {
        throw RefusedException.broken("a tensor has the shape " + Arrays.toString(shape));
      }
      if (size != 0 && count > (1L << 40) / size) {
        throw RefusedException.broken(
            "a tensor of shape " + Arrays.toString(shape) + " is too big");
      }
      count *= size;
    }
    return count;
  }

  long count() {
    return count(shape);
  }

  int rank() {
    return shape.length;
  }

  /** A possibly negative axis of this layout, checked. */
  int axis(long axis) {
    long positive = axis < 0 ? axis + rank() : axis;
    if (positive < 0 || positive >= rank()) {
      throw RefusedException.broken("axis " + axis + " of a tensor with " + rank() + " axes");
    }
    return (int) positive;
  }

  Layout transpose(int... permutation) {
    boolean[] seen = new boolean[rank()];
    int[] newShape = new int[rank()];
    long[] newStrides = new long[rank()];
    if (permutation.length != rank()) {
      throw RefusedException.broken("Transpose of " + rank() + " axes names " + permutation.length);
    }
    for (int k = 0; k < rank(); k++) {
      int from = axis(permutation[k]);
      if (seen[from]) {
        throw RefusedException.broken("Transpose names axis " + from + " twice");
      }
      seen[from] = true;
      newShape[k] = shape[from];
      newStrides[k] = strides[from];
    }
    return new Layout(newShape, newStrides, offset);
  }

  /** Elements {@code from, from + step, …}, {@code size} of them, of one axis. */
  Layout slice(int axis, int from, int size, int step) {
    if (from < 0 || size < 0 || size > 0 && from + (size - 1L) * step >= shape[axis]) {
      throw RefusedException.broken(
          "a slice from " + from + " of " + size + " of an axis of " + shape[axis]);
    }
    int[] newShape = shape.clone();
    long[] newStrides = strides.clone();
    newShape[axis] = size;
    newStrides[axis] *= step;
    return new Layout(newShape, newStrides, size == 0 ? offset : offset + from * strides[axis]);
  }

  /** One element of an axis, the axis dropped. */
  Layout index(int axis, int at) {
    return slice(axis, at, 1, 1).drop(axis);
  }

  /** Drops an axis of size 1. */
  Layout drop(int axis) {
    if (shape[axis] != 1) {
      throw RefusedException.broken("Squeeze of an axis of size " + shape[axis]);
    }
    int[] newShape = new int[rank() - 1];
    long[] newStrides = new long[rank() - 1];
    for (int k = 0, to = 0; k < rank(); k++) {
      if (k != axis) {
        newShape[to] = shape[k];
        newStrides[to++] = strides[k];
      }
    }
    return new Layout(newShape, newStrides, offset);
  }

  /** Inserts an axis of size 1 before {@code axis}. */
  Layout insert(int axis) {
    int[] newShape = new int[rank() + 1];
    long[] newStrides = new long[rank() + 1];
    for (int k = 0; k <= rank(); k++) {
      newShape[k] = k == axis ? 1 : shape[k < axis ? k : k - 1];
      newStrides[k] = k == axis ? 0 : strides[k < axis ? k : k - 1];
    }
    count(newShape);
    return new Layout(newShape, newStrides, offset);
  }

  /** Repeats axes of size 1 to {@code target}, aligned at the last axis. */
  Layout broadcast(int... target) {
    count(target);
    long[] newStrides = new long[target.length];
    int missing = target.length - rank();
    if (missing < 0) {
      throw notBroadcast(target);
    }
    for (int k = 0; k < rank(); k++) {
      if (shape[k] == target[missing + k]) {
        newStrides[missing + k] = strides[k];
      } else if (shape[k] != 1) {
        throw notBroadcast(target);
      }
    }
    return new Layout(target, newStrides, offset);
  }

  private RefusedException notBroadcast(int[] target) {
    return RefusedException.broken(
        "shapes " + Arrays.toString(shape) + " and " + Arrays.toString(target) + " do not fit");
  }

  /** The shape two operands are broadcast to. */
  static int[] common(int[] a, int[] b) {
    int rank = Math.max(a.length, b.length);
    int[] shape = new int[rank];
    for (int k = 0; k < rank; k++) {
      int sizeA = k < rank - a.length ? 1 : a[k - rank + a.length];
      int sizeB = k < rank - b.length ? 1 : b[k - rank + b.length];
      if (sizeA != sizeB && sizeA != 1 && sizeB != 1) {
        throw RefusedException.broken(
            "shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " do not fit");
      }
      shape[k] = sizeA == 1 ? sizeB : sizeA;
    }
    return shape;
  }

  /**
   * The same elements, read in the same row-major order, under another shape; null if no strides
   * can say it and the elements would have to be copied.
   */
  Layout reshape(int... target) {
    if (count(target) != count()) {
      throw RefusedException.broken(
          "Reshape of " + Arrays.toString(shape) + " to " + Arrays.toString(target));
    }
    if (count() == 0) {
      return contiguous(target);
    }
    long[] newStrides = new long[target.length];
    int from = 0;
    int to = 0;
    // Matches runs of old and new axes with equal products; within a run of old axes each must
    // continue the next one, then the new axes divide the run.
    while (from < rank() || to < target.length) {
      int fromEnd = from;
      int toEnd = to;
      long old = fromEnd < rank() ? shape[fromEnd++] : 1;
      long wanted = toEnd < target.length ? target[toEnd++] : 1;
      while (old != wanted) {
        if (old < wanted) {
          old *= shape[fromEnd++];
        } else {
          wanted *= target[toEnd++];
        }
      }
      long stride = 0; // of the run's innermost element
      long outer = -1; // stride with which the run must continue outwards, once it has begun
      for (int k = fromEnd - 1; k >= from; k--) {
        if (shape[k] == 1) {
          continue;
        }
        if (outer < 0) {
          stride = strides[k];
        } else if (strides[k] != outer) {
          return null;
        }
        outer = strides[k] * shape[k];
      }
      for (int k = toEnd - 1; k >= to; k--) {
        newStrides[k] = stride;
        stride *= target[k];
      }
      from = fromEnd;
      to = toEnd;
    }
    return new Layout(target, newStrides, offset);
  }

  boolean isContiguous() {
    long stride = 1;
    for (int k = rank() - 1; k >= 0; k--) {
      if (shape[k] != 1 && strides[k] != stride) {
        return false;
      }
      stride *= shape[k];
    }
    return true;
  }
}
