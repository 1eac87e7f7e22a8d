package io.github.dyad.tensor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dyad.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named float32 tensors in a safetensors file: 8 bytes little-endian header length, a JSON header
 * (name → dtype, shape, data_offsets), the data. Nothing in a file is executed, and nothing is
 * allocated on its word alone.
 *
 * @param tensors by name, in the order of the file
 * @param metadata text by name
 */
public record Safetensors(Map<String, HostTensor> tensors, Map<String, String> metadata) {
  private static final int LARGEST_HEADER = 100_000_000; // the format's own limit
  private static final int CHUNK = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads a file.
   *
   * @throws InputException if it is no such file, is damaged, or holds another type than F32
   */
  public static Safetensors read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(file, channel);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read (" + reason(e) + ")", e);
    }
  }

  private static Safetensors read(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < 8) {
      throw new InputException(file + ": too short for a safetensors file");
    }
    long headerLength = bytes(channel, 0, 8).getLong();
    if (headerLength < 2 || headerLength > LARGEST_HEADER || headerLength > size - 8) {
      throw new InputException(file + ": not a safetensors file (header length)");
    }
    JsonNode header;
    try {
      byte[] text = bytes(channel, 8, (int) headerLength).array();
      header = JSON.readTree(new String(text, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new InputException(file + ": not a safetensors file (its header is no JSON)", e);
    }
    if (!header.isObject()) {
      throw new InputException(file + ": not a safetensors file (its header is no object)");
    }
    long dataAt = 8 + headerLength;
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    Iterator<Map.Entry<String, JsonNode>> fields = header.fields();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> field = fields.next();
      if (field.getKey().equals("__metadata__")) {
        field
            .getValue()
            .fields()
            .forEachRemaining(m -> metadata.put(m.getKey(), m.getValue().asText()));
      } else {
        String what = file + ": tensor " + field.getKey();
        tensors.put(field.getKey(), tensor(what, channel, dataAt, size - dataAt, field.getValue()));
      }
    }
    return new Safetensors(tensors, metadata);
  }

  private static HostTensor tensor(
      String what, FileChannel channel, long dataAt, long dataSize, JsonNode entry)
      throws IOException {
    JsonNode offsets = entry.path("data_offsets");
    JsonNode dimensions = entry.path("shape");
    if (!dimensions.isArray() || dimensions.size() > 8 || offsets.size() != 2) {
      throw new InputException(what + " has no shape or no place in the file");
    }
    if (!entry.path("dtype").asText().equals("F32")) {
      throw new InputException(
          what + " has type " + entry.path("dtype").asText() + "; expected F32");
    }
    long[] shape = new long[dimensions.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = dimensions.get(i).asLong(-1);
      if (shape[i] < 0) {
        throw new InputException(what + " has a bad dimension " + dimensions.get(i));
      }
    }
    long from = offsets.get(0).asLong(-1);
    long to = offsets.get(1).asLong(-1);
    if (from < 0 || to < from || to > dataSize) {
      throw new InputException(what + " lies outside the file: truncated?");
    }
    long count;
    try {
      count = HostTensor.count(shape);
    } catch (ArithmeticException e) {
      throw new InputException(what + " has too many elements", e);
    }
    if (count > Integer.MAX_VALUE / Float.BYTES || count * Float.BYTES != to - from) {
      throw new InputException(
          what + " has " + (to - from) + " bytes for " + count + " elements of 4 bytes");
    }
    float[] values = new float[(int) count];
    for (int done = 0; done < values.length; ) {
      int part = Math.min(CHUNK, values.length - done);
      bytes(channel, dataAt + from + 4L * done, 4 * part).asFloatBuffer().get(values, done, part);
      done += part;
    }
    return new HostTensor(values, shape);
  }

  private static ByteBuffer bytes(FileChannel channel, long at, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new IOException("the file ends early");
      }
    }
    return buffer.flip();
  }

  /** The tensor of that name and shape. */
  public HostTensor get(Path file, String name, long... shape) {
    HostTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new InputException(file + ": tensor " + name + " is missing");
    }
    if (!java.util.Arrays.equals(tensor.shape(), shape)) {
      throw new InputException(
          file
              + ": tensor "
              + name
              + " has shape "
              + java.util.Arrays.toString(tensor.shape())
              + "; expected "
              + java.util.Arrays.toString(shape));
    }
    return tensor;
  }

  /** Writes to the channel from its position on; the same tensors give the same bytes. */
  public void write(FileChannel channel) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode meta = header.putObject("__metadata__");
      metadata.forEach(meta::put);
    }
    long at = 0;
    for (Map.Entry<String, HostTensor> entry : tensors.entrySet()) {
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", "F32");
      ArrayNode shape = node.putArray("shape");
      for (long length : entry.getValue().shape()) {
        shape.add(length);
      }
      long bytes = 4L * entry.getValue().values().length;
      node.putArray("data_offsets").add(at).add(at + bytes);
      at += bytes;
    }
    byte[] text = JSON.writeValueAsBytes(header);
    int padded = (text.length + 7) / 8 * 8; // data aligned to 8 bytes, as the format asks
    ByteBuffer head = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(padded).put(text);
    while (head.hasRemaining()) {
      head.put((byte) ' ');
    }
    writeAll(channel, head.flip());
    for (HostTensor tensor : tensors.values()) {
      float[] values = tensor.values();
      for (int done = 0; done < values.length; ) {
        int part = Math.min(CHUNK, values.length - done);
        ByteBuffer data = ByteBuffer.allocate(4 * part).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values, done, part);
        writeAll(channel, data);
        done += part;
      }
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Writes a new file or replaces it; not atomic by itself. */
  public void write(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(channel);
    }
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.NoSuchFileException ? "no such file" : e.getMessage();
  }
}
