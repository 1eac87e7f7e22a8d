package io.github.dyad.data;

import java.util.HashMap;
import java.util.Map;

/**
 * The first directory of a TIFF file, as far as it decides what and how much is decoded.
 *
 * @param samples samples a pixel, alpha included
 * @param photometric 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr
 */
record TiffHeader(
    long width, long height, int samples, int bits, int photometric, boolean compressed) {

  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS = 258;
  private static final int COMPRESSION = 259;
  private static final int PHOTOMETRIC = 262;
  private static final int SAMPLES = 277;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_HEIGHT = 323;
  private static final int SAMPLE_FORMAT = 339;

  static TiffHeader read(byte[] data) throws BrokenImageException {
    boolean bigEndian = data[0] == 'M';
    Map<Integer, Long> tags = firstDirectory(new Bytes(data, bigEndian));
    long width = tags.getOrDefault(WIDTH, 0L);
    long height = tags.getOrDefault(HEIGHT, 0L);
    TiffHeader header =
        new TiffHeader(
            width,
            height,
            Math.toIntExact(Math.min(tags.getOrDefault(SAMPLES, 1L), 1 << 16)),
            Math.toIntExact(Math.min(tags.getOrDefault(BITS, 1L), 1 << 16)),
            Math.toIntExact(Math.min(tags.getOrDefault(PHOTOMETRIC, 1L), 1 << 16)),
            tags.getOrDefault(COMPRESSION, 1L) != 1);
    if (header.samples < 1 || header.samples > 5 || header.bits < 1) {
      throw new BrokenImageException(
          "a TIFF of " + header.samples + " samples of " + header.bits + " bits a pixel");
    }
    if (tags.getOrDefault(SAMPLE_FORMAT, 1L) != 1 || header.bits > 16) {
      throw new BrokenImageException(
          "a TIFF of float, signed or "
              + header.bits
              + "-bit samples; convert it to 8 or 16 unsigned bits");
    }
    if (header.photometric > 3 && header.photometric != 5 && header.photometric != 6) {
      throw new BrokenImageException(
          "a TIFF of photometric interpretation " + header.photometric + "; convert it to RGB");
    }
    checkTiles(tags, width, height);
    return header;
  }

  private static Map<Integer, Long> firstDirectory(Bytes bytes) throws BrokenImageException {
    Map<Integer, Long> tags = new HashMap<>();
    long directory = bytes.u32(4);
    int entries = bytes.u16(directory);
    for (int i = 0; i < entries; i++) {
      long at = directory + 2 + 12L * i;
      int type = bytes.u16(at + 2);
      long count = bytes.u32(at + 4);
      int unit = type == 3 || type == 8 ? 2 : type == 4 || type == 9 ? 4 : 1;
      if (count * unit > bytes.length()) {
        throw new BrokenImageException(
            "TIFF tag " + bytes.u16(at) + " says " + count + " values, more than the file holds");
      }
      // Of several values (bits of each sample) the first stands for all.
      long value = count * unit > 4 ? bytes.u32(at + 8) : at + 8;
      tags.put(bytes.u16(at), unit == 2 ? bytes.u16(value) : unit == 4 ? bytes.u32(value) : 0L);
    }
    return tags;
  }

  /** A tile is allocated whole: one that is far larger than its image is a lie. */
  private static void checkTiles(Map<Integer, Long> tags, long width, long height)
      throws BrokenImageException {
    if (tags.getOrDefault(TILE_WIDTH, 0L) > 2 * width + 1024
        || tags.getOrDefault(TILE_HEIGHT, 0L) > 2 * height + 1024) {
      throw new BrokenImageException("TIFF tiles far larger than the image");
    }
  }
}
