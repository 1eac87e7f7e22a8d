package io.github.dyad.teacher;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import onnx.Onnx;
import onnx.Onnx.TensorProto.DataType;

/**
 * Decodes the tensors of a file. The bytes are there before an array is allocated: a shape that
 * asks for more than the file holds is refused.
 */
final class TensorReader {
  private final ExternalData external;

  TensorReader(ExternalData external) {
    this.external = external;
  }

  /** The shape alone; no data is touched. */
  static int[] shape(Onnx.TensorProto tensor) {
    List<Long> dims = tensor.getDimsList();
    int[] shape = new int[Math.min(dims.size(), Layout.MAX_RANK + 1)];
    for (int k = 0; k < shape.length; k++) {
      if (dims.get(k) < 0 || dims.get(k) > Integer.MAX_VALUE) {
        throw RefusedException.broken(label(tensor) + " has an axis of " + dims.get(k));
      }
      shape[k] = dims.get(k).intValue();
    }
    Layout.count(shape);
    return shape;
  }

  private static String label(Onnx.TensorProto tensor) {
    return "tensor " + RefusedException.quoted(tensor.getName());
  }

  private static DataType type(Onnx.TensorProto tensor) {
    DataType type = DataType.forNumber(tensor.getDataType());
    return type == null ? DataType.UNDEFINED : type;
  }

  /** Shape and numbers. Half and double precision become float. */
  OnnxTensor read(Onnx.TensorProto tensor) {
    int[] shape = shape(tensor);
    long count = Layout.count(shape);
    DataType type = type(tensor);
    int size = bytesPerElement(type, tensor);
    if (count * size > Integer.MAX_VALUE - 8L) {
      throw RefusedException.broken(label(tensor) + " has " + count + " elements, too many");
    }
    if (tensor.hasSegment()) {
      throw RefusedException.graph(label(tensor) + " is stored in segments");
    }
    ByteBuffer raw = null;
    if (tensor.getDataLocation() == Onnx.TensorProto.DataLocation.EXTERNAL) {
      raw = external.read(tensor, label(tensor), count * size);
    } else if (!tensor.getRawData().isEmpty()) {
      raw = tensor.getRawData().asReadOnlyByteBuffer();
    }
    long have = raw != null ? raw.remaining() / size : typedCount(type, tensor);
    if (have != count || raw != null && raw.remaining() % size != 0) {
      throw RefusedException.broken(
          label(tensor) + " has data for " + have + " elements, its shape needs " + count);
    }
    if (raw != null) {
      raw.order(ByteOrder.LITTLE_ENDIAN);
    }
    return switch (type) {
      case INT64, INT32, BOOL -> OnnxTensor.of(integers(type, tensor, raw, (int) count), shape);
      default -> OnnxTensor.of(floats(type, tensor, raw, (int) count), shape);
    };
  }

  private static int bytesPerElement(DataType type, Onnx.TensorProto tensor) {
    return switch (type) {
      case FLOAT, INT32 -> 4;
      case DOUBLE, INT64 -> 8;
      case FLOAT16, BFLOAT16 -> 2;
      case BOOL -> 1;
      case INT8, UINT8 ->
          throw new RefusedException(
              label(tensor) + " has 8-bit numbers, as quantised models do",
              "give the float32 or float16 file");
      default ->
          throw RefusedException.graph(label(tensor) + " has numbers of type " + type.name());
    };
  }

  private static int typedCount(DataType type, Onnx.TensorProto tensor) {
    return switch (type) {
      case FLOAT -> tensor.getFloatDataCount();
      case DOUBLE -> tensor.getDoubleDataCount();
      case INT64 -> tensor.getInt64DataCount();
      default -> tensor.getInt32DataCount();
    };
  }

  private static float[] floats(DataType type, Onnx.TensorProto tensor, ByteBuffer raw, int count) {
    float[] values = new float[count];
    if (type == DataType.FLOAT && raw != null) {
      raw.asFloatBuffer().get(values);
      return values;
    }
    for (int k = 0; k < count; k++) {
      values[k] =
          switch (type) {
            case FLOAT -> tensor.getFloatData(k);
            case DOUBLE -> (float) (raw != null ? raw.getDouble() : tensor.getDoubleData(k));
            case FLOAT16 -> half(raw != null ? raw.getShort() : (short) tensor.getInt32Data(k));
            default ->
                Float.intBitsToFloat((raw != null ? raw.getShort() : tensor.getInt32Data(k)) << 16);
          };
    }
    return values;
  }

  private static long[] integers(
      DataType type, Onnx.TensorProto tensor, ByteBuffer raw, int count) {
    long[] values = new long[count];
    for (int k = 0; k < count; k++) {
      values[k] =
          switch (type) {
            case INT64 -> raw != null ? raw.getLong() : tensor.getInt64Data(k);
            case INT32 -> raw != null ? raw.getInt() : tensor.getInt32Data(k);
            default -> raw != null ? raw.get() : tensor.getInt32Data(k);
          };
    }
    return values;
  }

  /** IEEE 754 half precision to float, exactly. */
  static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> 10 & 31;
    int mantissa = bits & 1023;
    if (exponent == 0) { // subnormal: mantissa·2^-24
      return Math.copySign(mantissa * 0x1p-24f, Float.intBitsToFloat(sign | 1));
    }
    int biased = exponent == 31 ? 255 : exponent + 127 - 15;
    return Float.intBitsToFloat(sign | biased << 23 | mantissa << 13);
  }
}
