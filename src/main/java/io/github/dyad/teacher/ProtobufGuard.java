package io.github.dyad.teacher;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Counts what an ONNX file is made of before it is parsed: an empty node takes two bytes in the
 * file and a hundred in memory, so that a small file could otherwise fill the heap. Only sizes are
 * looked at; whether the bytes make sense is the parser's business.
 */
final class ProtobufGuard {
  /** Fields outside raw data. DINOv2-giant with all its metadata has less than a tenth of it. */
  static final int MAX_FIELDS = 2_000_000;

  /** Bytes of packed integers, eight times as long in memory. Weights are raw data or floats. */
  static final long MAX_PACKED_BYTES = 32L << 20;

  /** Messages within messages: model, graph, node, attribute, tensor, and some to spare. */
  private static final int MAX_DEPTH = 12;

  /** What is counted below a message: its fields that are messages or packed integers. */
  private enum Message {
    LEAF,
    PACKED,
    ENTRY,
    TENSOR,
    ATTRIBUTE,
    NODE,
    VALUE,
    GRAPH,
    MODEL;

    Map<Integer, Message> fields() {
      return switch (this) {
        case MODEL -> Map.of(7, GRAPH, 8, ENTRY, 14, ENTRY, 20, GRAPH, 25, GRAPH);
        case GRAPH ->
            Map.of(
                1, NODE, 5, TENSOR, 7, NODE, 11, VALUE, 12, VALUE, 13, VALUE, 14, ENTRY, 15, GRAPH,
                16, ENTRY);
        case NODE -> Map.of(5, ATTRIBUTE, 9, ENTRY);
        case ATTRIBUTE ->
            Map.of(
                5, TENSOR, 6, GRAPH, 8, PACKED, 10, TENSOR, 11, GRAPH, 14, VALUE, 15, VALUE, 22,
                GRAPH, 23, GRAPH);
        case TENSOR -> Map.of(1, PACKED, 5, PACKED, 7, PACKED, 11, PACKED, 13, ENTRY, 16, ENTRY);
        case VALUE -> Map.of(1, VALUE, 2, VALUE, 4, VALUE, 5, VALUE, 9, VALUE);
        case ENTRY, PACKED, LEAF -> Map.of();
      };
    }
  }

  private final ByteBuffer bytes;
  private int fields;
  private long packedBytes;

  private ProtobufGuard(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** Refuses a file that would take far more memory than its size says. */
  static void check(ByteBuffer model) {
    new ProtobufGuard(model.duplicate()).walk(Message.MODEL, model.limit(), 0);
  }

  /** Counts the fields from the current position to {@code end}; stops where they make no sense. */
  private void walk(Message message, int end, int depth) {
    Map<Integer, Message> children = message.fields();
    while (bytes.position() < end) {
      if (++fields > MAX_FIELDS || depth > MAX_DEPTH) {
        throw RefusedException.graph(
            "the file has more than " + MAX_FIELDS + " fields or is nested too deep");
      }
      long tag = varint(end);
      switch ((int) tag & 7) {
        case 0 -> varint(end);
        case 1 -> skip(8, end);
        case 2 -> {
          long length = varint(end);
          int start = bytes.position();
          Message child = children.getOrDefault((int) (tag >>> 3), Message.LEAF);
          if (child == Message.PACKED) {
            packedBytes += Math.max(0, length);
          } else if (child != Message.LEAF && length > 0 && length <= end - start) {
            walk(child, start + (int) length, depth + 1);
            bytes.position(start);
          }
          skip(length, end);
        }
        case 5 -> skip(4, end);
        default -> {} // a group's start or end: one field each
      }
      if (packedBytes > MAX_PACKED_BYTES) {
        throw RefusedException.graph("the file holds more packed integers than any transformer");
      }
    }
  }

  private void skip(long length, int end) {
    boolean inside = length >= 0 && length <= end - bytes.position();
    bytes.position(inside ? bytes.position() + (int) length : end);
  }

  private long varint(int end) {
    long value = 0;
    for (int shift = 0; shift < 70 && bytes.position() < end; shift += 7) {
      byte next = bytes.get();
      value |= shift < 64 ? (next & 0x7FL) << shift : 0;
      if (next >= 0) {
        return value;
      }
    }
    return value;
  }
}
