package io.github.dyad.distillation;

import io.github.dyad.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.MappedByteBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Features of all training images in one memory-mapped file: a header, then one record an image
 * (pixels, floats as float32 or float16 little-endian, CRC-32C). A file gets its name only when it
 * is complete and on disk; every record is checked when it is first read.
 */
final class FeatureFile {
  private static final long MAGIC = 0x3154_4145_4644_5944L; // "DYDFEAT1"
  private static final int HEADER = 64;
  private static final int LARGEST_SEGMENT = 1 << 30;

  private final Path file;
  private final ImageFeatures.Shape shape;
  private final boolean half;
  private final int count;
  private final int recordsPerSegment;
  private final List<MappedByteBuffer> segments = new ArrayList<>();
  private final boolean[] verified;

  private FeatureFile(Path file, ImageFeatures.Shape shape, boolean half, int count) {
    this.file = file;
    this.shape = shape;
    this.half = half;
    this.count = count;
    this.recordsPerSegment = Math.max(1, LARGEST_SEGMENT / recordBytes(shape, half));
    this.verified = new boolean[count];
  }

  /** Size of the file of that many images. */
  static long bytes(ImageFeatures.Shape shape, boolean half, int count) {
    return HEADER + (long) count * recordBytes(shape, half);
  }

  private static int recordBytes(ImageFeatures.Shape shape, boolean half) {
    long bytes = padded(shape.pixelBytes()) + padded(shape.floats() * (half ? 2 : 4)) + 8L;
    return Math.toIntExact(bytes);
  }

  private static int padded(int bytes) {
    return (bytes + 7) / 8 * 8;
  }

  /**
   * Opens a finished file.
   *
   * @return null if it is not there
   * @throws InputException if it is not what was asked for, or damaged
   */
  static FeatureFile open(Path file, ImageFeatures.Shape shape, boolean half, int count) {
    if (!Files.exists(file)) {
      return null;
    }
    FeatureFile features = new FeatureFile(file, shape, half, count);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer header = ByteBuffer.allocate(HEADER);
      while (header.hasRemaining() && channel.read(header, header.position()) > 0) {}
      if (channel.size() != bytes(shape, half, count)
          || !header.flip().equals(header(shape, half, count))) {
        throw features.damaged();
      }
      for (int first = 0; first < count; first += features.recordsPerSegment) {
        int records = Math.min(features.recordsPerSegment, count - first);
        long record = recordBytes(shape, half);
        features.segments.add(
            channel.map(FileChannel.MapMode.READ_ONLY, HEADER + first * record, records * record));
      }
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
    return features;
  }

  private InputException damaged() {
    return new InputException(file + ": kept features are damaged; delete the file and run again");
  }

  private static ByteBuffer header(ImageFeatures.Shape shape, boolean half, int count) {
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(MAGIC).putInt(half ? 16 : 32).putInt(count).putInt(shape.side());
    header.putInt(shape.classTokens()).putInt(shape.tokens()).putInt(shape.width());
    return header.position(0);
  }

  /** Copies image i into {@code target}. */
  void read(int image, ImageFeatures target) {
    int record = recordBytes(shape, half);
    ByteBuffer data =
        segments
            .get(image / recordsPerSegment)
            .slice(image % recordsPerSegment * record, record)
            .order(ByteOrder.LITTLE_ENDIAN);
    if (!verified[image]) {
      CRC32C crc = new CRC32C();
      crc.update(data.slice(0, record - 8));
      if (crc.getValue() != data.getLong(record - 8)) {
        throw damaged();
      }
      verified[image] = true;
    }
    data.get(0, target.pixels());
    int at = padded(shape.pixelBytes());
    if (half) {
      ShortBuffer shorts =
          data.slice(at, record - 8 - at).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
      for (float[] array : target.arrays()) {
        for (int i = 0; i < array.length; i++) {
          array[i] = Half.toFloat(shorts.get());
        }
      }
    } else {
      FloatBuffer floats =
          data.slice(at, record - 8 - at).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      for (float[] array : target.arrays()) {
        floats.get(array);
      }
    }
  }

  /**
   * Writes a file record by record and gives it its name at the end. Records that an earlier writer
   * left behind under the temporary name are kept as far as their checksums hold. One writer at a
   * time: see {@link FeatureKeeping#lock}.
   */
  static final class Writer implements AutoCloseable {
    private final Path file;
    private final Path unfinished;
    private final FileChannel channel;
    private final boolean half;
    private final ByteBuffer record;
    private int written;

    Writer(Path file, ImageFeatures.Shape shape, boolean half, int count) throws IOException {
      this.file = file;
      this.half = half;
      this.unfinished = file.resolveSibling(file.getFileName() + ".part");
      Files.createDirectories(file.toAbsolutePath().getParent());
      this.channel =
          FileChannel.open(
              unfinished,
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      this.record = ByteBuffer.allocate(recordBytes(shape, half)).order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer header = header(shape, half, count);
      ByteBuffer found = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
      if (readAll(found) && found.equals(header)) {
        while (written < count && readAll(record) && record.getLong(record.limit() - 8) == crc()) {
          written++;
        }
        channel.truncate(HEADER + (long) written * record.capacity());
      } else {
        channel.truncate(0);
        writeAll(header);
      }
      channel.position(channel.size());
    }

    /** Records that are there. */
    int written() {
      return written;
    }

    void append(ImageFeatures features) throws IOException {
      record.clear();
      record.put(features.pixels());
      pad(padded(record.position()));
      for (float[] array : features.arrays()) {
        for (float value : array) {
          if (half) {
            record.putShort(Half.of(value));
          } else {
            record.putFloat(value);
          }
        }
      }
      pad(record.capacity() - 8);
      record.putLong(crc());
      writeAll(record.flip());
      written++;
    }

    private void pad(int to) {
      while (record.position() < to) {
        record.put((byte) 0);
      }
    }

    /** All records are there: syncs and moves. */
    void finish() throws IOException {
      channel.force(true);
      channel.close();
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Gives the disk back. */
    void discard() throws IOException {
      channel.close();
      Files.deleteIfExists(unfinished);
    }

    private long crc() {
      CRC32C crc = new CRC32C();
      crc.update(record.array(), 0, record.capacity() - 8);
      return crc.getValue();
    }

    /** Whether the file had that much left. */
    private boolean readAll(ByteBuffer buffer) throws IOException {
      buffer.clear();
      while (buffer.hasRemaining()) {
        if (channel.read(buffer) < 0) {
          return false;
        }
      }
      buffer.flip();
      return true;
    }

    private void writeAll(ByteBuffer buffer) throws IOException {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
