package io.github.dyad.kernel;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Float32 values at a fixed address outside of the Java heap, where OpenBLAS and the vector unit
 * both reach them. Indices count floats. Views (slices, and whatever wraps the same address) share
 * memory.
 */
public final class Floats implements AutoCloseable {
  /** A byte buffer holds 2 GiB, so this many floats. */
  public static final int MAX_SIZE = Integer.MAX_VALUE / Float.BYTES;

  private static final int ALIGNMENT = 64; // one cache line, one AVX-512 register
  private static final Cleaner CLEANER = Cleaner.create();

  /**
   * What {@link VectorMemory} reads and writes: this memory in the form that the JVM's version asks
   * for.
   */
  final Object memory;

  private final ByteBuffer buffer;
  private final long address;
  private final int size;
  private final Cleaner.Cleanable owner; // null: the memory belongs to somebody else

  private Floats(ByteBuffer buffer, long address, Cleaner.Cleanable owner) {
    this.buffer = buffer.order(ByteOrder.nativeOrder());
    this.memory = MemoryViews.of(this.buffer);
    this.address = address;
    this.size = buffer.capacity() / Float.BYTES;
    this.owner = owner;
  }

  /**
   * Zeroed floats, the first on a 64-byte boundary; freed by {@link #close()}, or when neither they
   * nor a slice of them is reachable any more.
   *
   * @throws IllegalArgumentException if {@code count} is outside 1..{@link #MAX_SIZE}
   * @throws OutOfMemoryError if the operating system refuses
   */
  public static Floats allocate(long count) {
    checkCount(count);
    long bytes = count * Float.BYTES;
    Pointer block = Pointer.calloc(1, bytes + ALIGNMENT);
    if (block == null || block.isNull()) {
      throw new OutOfMemoryError("cannot allocate " + bytes + " bytes outside of the heap");
    }
    long address = (block.address() + ALIGNMENT - 1) & -ALIGNMENT;
    ByteBuffer buffer = bufferAt(address, bytes);
    // The cleaner watches the buffer, not this object: slices and compiled loops hold the buffer
    // only.
    return new Floats(buffer, address, CLEANER.register(buffer, () -> Pointer.free(block)));
  }

  /**
   * A view of floats that somebody else owns, such as an ND4J array, who keeps them alive.
   *
   * @throws IllegalArgumentException if {@code address} is 0 or {@code count} outside 1..{@link
   *     #MAX_SIZE}
   */
  public static Floats wrap(long address, long count) {
    checkCount(count);
    if (address == 0) {
      throw new IllegalArgumentException("address is null");
    }
    return new Floats(bufferAt(address, count * Float.BYTES), address, null);
  }

  /** A view of {@code count} floats from {@code offset} on; it keeps allocated memory reachable. */
  public Floats slice(int offset, int count) {
    Objects.checkFromIndexSize(offset, count, size);
    checkCount(count);
    ByteBuffer part = buffer.slice(offset * Float.BYTES, count * Float.BYTES);
    return new Floats(part, address + (long) offset * Float.BYTES, null);
  }

  /** Number of floats. */
  public int size() {
    return size;
  }

  /** Address of the first float. */
  public long address() {
    return address;
  }

  public float get(int index) {
    return buffer.getFloat(index << 2);
  }

  public void set(int index, float value) {
    buffer.putFloat(index << 2, value);
  }

  /** Copies {@code count} floats of an array to {@code offset}. */
  public void copyFrom(float[] source, int sourceOffset, int offset, int count) {
    buffer
        .slice(offset * Float.BYTES, count * Float.BYTES)
        .order(buffer.order())
        .asFloatBuffer()
        .put(source, sourceOffset, count);
  }

  /** Copies {@code count} floats from {@code offset} on to an array. */
  public void copyTo(int offset, float[] target, int targetOffset, int count) {
    buffer
        .slice(offset * Float.BYTES, count * Float.BYTES)
        .order(buffer.order())
        .asFloatBuffer()
        .get(target, targetOffset, count);
  }

  /** Allocated floats with the array's values. */
  public static Floats copyOf(float... values) {
    Floats floats = allocate(values.length);
    floats.copyFrom(values, 0, 0, values.length);
    return floats;
  }

  /** A new array of all values. */
  public float[] toArray() {
    float[] values = new float[size];
    copyTo(0, values, 0, size);
    return values;
  }

  /**
   * Frees allocated memory now; does nothing to a view or when it is freed already. Neither this
   * object nor a slice of it may be used afterwards.
   */
  @Override
  public void close() {
    if (owner != null) {
      owner.clean();
    }
  }

  @Override
  public String toString() {
    return "Floats[" + size + "]";
  }

  /** Keeps the memory from being freed before this call; for code that uses the bare address. */
  void keepReachable() {
    Reference.reachabilityFence(buffer);
  }

  private static void checkCount(long count) {
    if (count < 1 || count > MAX_SIZE) {
      throw new IllegalArgumentException(
          "count of floats is " + count + "; expected 1 to " + MAX_SIZE);
    }
  }

  private static ByteBuffer bufferAt(long address, long bytes) {
    return new Location(address, bytes).asByteBuffer();
  }

  /** JavaCPP makes byte buffers of pointers; this one points where it is told. */
  private static final class Location extends BytePointer {
    Location(long address, long bytes) {
      super((Pointer) null);
      this.address = address;
      this.limit = bytes;
      this.capacity = bytes;
    }
  }
}
