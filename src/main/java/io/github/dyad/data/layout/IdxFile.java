package io.github.dyad.data.layout;

import io.github.dyad.InputException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * LeCun's IDX format of unsigned bytes: 0, 0, type 8, number of axes, the axes' lengths
 * (big-endian), the values.
 *
 * @param axes (images, height, width) or (labels)
 */
record IdxFile(int[] axes, ByteBuffer values) {

  private static final int UNSIGNED_BYTE = 8;
  private static final int MAX_BYTES = 1 << 30;

  /**
   * Reads a whole stream, unpacking it where it is gzip.
   *
   * @param name what messages call it
   * @param rank the number of axes expected
   * @throws InputException when it is another format, cut short, or longer than it says
   */
  static IdxFile read(String name, InputStream stream, int rank) throws IOException {
    try (DataInputStream in = new DataInputStream(unpacked(stream))) {
      int magic = in.readInt();
      if (magic != (UNSIGNED_BYTE << 8 | rank)) {
        throw new InputException(
            String.format(
                "%s: not an IDX file of %d axes (starts with %08x, expected %08x)",
                name, rank, magic, UNSIGNED_BYTE << 8 | rank));
      }
      int[] axes = new int[rank];
      long size = 1;
      for (int i = 0; i < rank; i++) {
        axes[i] = in.readInt();
        if (axes[i] < 1 || size * axes[i] > MAX_BYTES) {
          throw new InputException(name + ": an IDX file of impossible size; download it again");
        }
        size *= axes[i];
      }
      byte[] values = in.readNBytes((int) size);
      if (values.length < size || in.read() >= 0) {
        throw new InputException(
            String.format(
                "%s: %s than the %d values its header says; download it again",
                name, values.length < size ? "less" : "more", size));
      }
      return new IdxFile(axes, ByteBuffer.wrap(values));
    } catch (EOFException | ZipException e) {
      throw new InputException(name + ": cut short or damaged; download it again", e);
    }
  }

  private static InputStream unpacked(InputStream stream) throws IOException {
    var peek = new java.io.BufferedInputStream(stream, 1 << 16);
    peek.mark(2);
    boolean gzip = peek.read() == 0x1F && peek.read() == 0x8B;
    peek.reset();
    return gzip ? new GZIPInputStream(peek, 1 << 16) : peek;
  }
}
