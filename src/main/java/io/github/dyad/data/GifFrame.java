package io.github.dyad.data;

/** Finds where a GIF's first frame lies on its screen. */
final class GifFrame {
  private GifFrame() {}

  /** Column and row of the first frame's upper left corner. */
  static int[] corner(byte[] data) throws BrokenImageException {
    Bytes bytes = new Bytes(data, false);
    int flags = bytes.u8(10);
    long at = 13 + ((flags & 0x80) != 0 ? 3L << ((flags & 7) + 1) : 0); // past the colour table
    while (bytes.u8(at) == '!') { // an extension: label, then blocks up to an empty one
      at += 2;
      while (bytes.u8(at) != 0) {
        at += bytes.u8(at) + 1;
      }
      at++;
    }
    if (bytes.u8(at) != ',') {
      throw new BrokenImageException("a GIF without an image");
    }
    return new int[] {bytes.u16(at + 1), bytes.u16(at + 3)};
  }
}
