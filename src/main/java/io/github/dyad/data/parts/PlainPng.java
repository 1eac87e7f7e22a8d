package io.github.dyad.data.parts;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.Adler32;
import java.util.zip.CRC32;

/** Writes PNG without compression, so that the bytes depend on no version of zlib. */
final class PlainPng {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int LARGEST_BLOCK = 65535;

  private PlainPng() {}

  /**
   * @param bands 1 grey, 3 RGB
   * @param pixels (height, width, bands)
   */
  static byte[] bytes(int width, int height, int bands, byte[] pixels) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.write(SIGNATURE);
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(header);
    out.writeInt(width);
    out.writeInt(height);
    out.write(new byte[] {8, (byte) (bands == 1 ? 0 : 2), 0, 0, 0});
    chunk(png, "IHDR", header.toByteArray());
    chunk(png, "IDAT", stored(lines(height, width * bands, pixels)));
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  /** Each line behind the number of its filter, 0 for none. */
  private static byte[] lines(int height, int stride, byte[] pixels) {
    byte[] lines = new byte[height * (stride + 1)];
    for (int y = 0; y < height; y++) {
      System.arraycopy(pixels, y * stride, lines, y * (stride + 1) + 1, stride);
    }
    return lines;
  }

  /** A zlib stream of stored blocks (RFC 1950 and 1951). */
  private static byte[] stored(byte[] data) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(0x7801);
    for (int at = 0; at < data.length; at += LARGEST_BLOCK) {
      int length = Math.min(LARGEST_BLOCK, data.length - at);
      out.writeByte(at + length == data.length ? 1 : 0);
      out.writeShort(Short.reverseBytes((short) length));
      out.writeShort(Short.reverseBytes((short) ~length));
      out.write(data, at, length);
    }
    Adler32 sum = new Adler32();
    sum.update(data);
    out.writeInt((int) sum.getValue());
    return bytes.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] body)
      throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(body);
    DataOutputStream out = new DataOutputStream(png);
    out.writeInt(body.length);
    out.write(name);
    out.write(body);
    out.writeInt((int) sum.getValue());
  }
}
