package io.github.dyad.data;

/** Reads numbers from a file's bytes; a read past the end says that the file is cut short. */
final class Bytes {
  private final byte[] data;
  private final boolean bigEndian;

  Bytes(byte[] data, boolean bigEndian) {
    this.data = data;
    this.bigEndian = bigEndian;
  }

  int length() {
    return data.length;
  }

  int u8(long at) throws BrokenImageException {
    if (at < 0 || at >= data.length) {
      throw new BrokenImageException("the file is cut short at byte " + data.length);
    }
    return data[(int) at] & 0xFF;
  }

  int u16(long at) throws BrokenImageException {
    int first = u8(at);
    int second = u8(at + 1);
    return bigEndian ? first << 8 | second : second << 8 | first;
  }

  long u32(long at) throws BrokenImageException {
    long first = u16(at);
    long second = u16(at + 2);
    return bigEndian ? first << 16 | second : second << 16 | first;
  }

  int s32(long at) throws BrokenImageException {
    return (int) u32(at);
  }
}
