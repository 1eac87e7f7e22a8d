package io.github.dyad.kernel;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loads and stores of vectors of the preferred length on {@link Floats#memory}. The Vector API
 * takes byte buffers up to Java 18 and memory segments from 19 on; the method for the running
 * version is looked up once. The handles are constants of the compiled code, so they cost nothing
 * (measured on 17 against the direct call: {@code MemoryAccessBenchmark}).
 */
final class VectorMemory {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** Floats of a vector. */
  static final int LANES = SPECIES.length();

  /**
   * (memory, index) to vector, and (vector, memory, index) to nothing: what {@link #load} and
   * {@link #store} call. Long loops call the handles themselves, {@code invokeExact}: once a
   * compiled method has grown to some fifty vector operations, the compiler still inlines a
   * constant handle but no longer a method of ours, and a vector that goes through a call is made
   * an object.
   */
  static final MethodHandle LOAD;

  static final MethodHandle STORE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      boolean segments = MemoryViews.SEGMENTS;
      Class<?> memory = MemoryViews.type();
      Class<?> offset = segments ? long.class : int.class;
      MethodHandle load =
          lookup.findStatic(
              FloatVector.class,
              segments ? "fromMemorySegment" : "fromByteBuffer",
              MethodType.methodType(
                  FloatVector.class, VectorSpecies.class, memory, offset, ByteOrder.class));
      MethodHandle store =
          lookup.findVirtual(
              FloatVector.class,
              segments ? "intoMemorySegment" : "intoByteBuffer",
              MethodType.methodType(void.class, memory, offset, ByteOrder.class));
      MethodHandle toOffset =
          lookup.findStatic(
              VectorMemory.class,
              segments ? "longOffset" : "intOffset",
              MethodType.methodType(offset, int.class));
      load = MethodHandles.insertArguments(load, 3, ByteOrder.nativeOrder());
      load = MethodHandles.insertArguments(load, 0, SPECIES);
      load = MethodHandles.filterArguments(load, 1, toOffset);
      store = MethodHandles.insertArguments(store, 3, ByteOrder.nativeOrder());
      store = MethodHandles.filterArguments(store, 2, toOffset);
      LOAD = load.asType(MethodType.methodType(FloatVector.class, Object.class, int.class));
      STORE =
          store.asType(
              MethodType.methodType(void.class, FloatVector.class, Object.class, int.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private VectorMemory() {}

  /** The vector of {@code memory}, a {@link Floats#memory}, from float {@code index} on. */
  static FloatVector load(Object memory, int index) {
    try {
      return (FloatVector) LOAD.invokeExact(memory, index);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  static void store(FloatVector v, Object memory, int index) {
    try {
      STORE.invokeExact(v, memory, index);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** Number of floats in the whole vectors of a range. */
  static int whole(int count) {
    return count & -LANES;
  }

  // Named by the handles above.
  @SuppressWarnings("unused")
  private static int intOffset(int index) {
    return index << 2;
  }

  @SuppressWarnings("unused")
  private static long longOffset(int index) {
    return (long) index << 2;
  }

  /** For the loops that call handles, which may throw anything as far as the compiler knows. */
  static RuntimeException unchecked(Throwable e) {
    if (e instanceof RuntimeException exception) {
      return exception;
    }
    if (e instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(e);
  }
}
