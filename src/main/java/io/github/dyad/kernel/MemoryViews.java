package io.github.dyad.kernel;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.nio.ByteBuffer;

/**
 * The form in which the Vector API of the running Java version takes off-heap memory: {@code
 * ByteBuffer} up to Java 18, {@code java.lang.foreign.MemorySegment} from 19 on. The latter does
 * not exist for the compiler of Java 17, hence the reflection.
 */
final class MemoryViews {
  /** Whether {@link #of} gives memory segments. */
  static final boolean SEGMENTS = Runtime.version().feature() >= 19;

  private static final MethodHandle OF_BUFFER = SEGMENTS ? ofBuffer() : null;

  private MemoryViews() {}

  static Class<?> type() {
    return SEGMENTS ? segmentType() : ByteBuffer.class;
  }

  static Object of(ByteBuffer buffer) {
    if (OF_BUFFER == null) {
      return buffer;
    }
    try {
      return OF_BUFFER.invoke((Buffer) buffer);
    } catch (Throwable e) {
      throw new IllegalStateException("MemorySegment.ofBuffer failed", e);
    }
  }

  private static Class<?> segmentType() {
    try {
      return Class.forName("java.lang.foreign.MemorySegment");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("Java " + Runtime.version() + " has no MemorySegment", e);
    }
  }

  private static MethodHandle ofBuffer() {
    try {
      Class<?> segment = segmentType();
      return MethodHandles.publicLookup()
          .findStatic(segment, "ofBuffer", MethodType.methodType(segment, Buffer.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Java " + Runtime.version() + " has no ofBuffer", e);
    }
  }
}
