package io.github.dyad.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a map as a 32-bit float TIFF of one strip (TIFF 6.0, baseline tags and SampleFormat). */
public final class FloatTiff {
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int ENTRIES = 10;
  private static final int HEADER = 8;
  private static final int DIRECTORY = 2 + 12 * ENTRIES + 4;

  private FloatTiff() {}

  /**
   * @param values (height, width), row by row
   */
  public static void write(float[] values, int width, int height, Path file) throws IOException {
    int dataAt = HEADER + DIRECTORY;
    ByteBuffer tiff =
        ByteBuffer.allocate(dataAt + Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(HEADER);
    tiff.putShort((short) ENTRIES);
    entry(tiff, 256, LONG, width);
    entry(tiff, 257, LONG, height);
    entry(tiff, 258, SHORT, Float.SIZE); // bits per sample
    entry(tiff, 259, SHORT, 1); // no compression
    entry(tiff, 262, SHORT, 1); // black is zero
    entry(tiff, 273, LONG, dataAt); // strip
    entry(tiff, 277, SHORT, 1); // samples per pixel
    entry(tiff, 278, LONG, height); // rows per strip
    entry(tiff, 279, LONG, Float.BYTES * values.length); // bytes of the strip
    entry(tiff, 339, SHORT, 3); // samples are IEEE floats
    tiff.putInt(0);
    tiff.asFloatBuffer().put(values);
    Files.write(file, tiff.array());
  }

  private static void entry(ByteBuffer tiff, int tag, int type, int value) {
    tiff.putShort((short) tag).putShort((short) type).putInt(1).putInt(value);
  }
}
