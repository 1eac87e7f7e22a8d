package io.github.dyad.data;

/**
 * The header of a binary PGM (P5) or PPM (P6) of 8-bit samples.
 *
 * @param bands 1 or 3
 * @param offset of the first sample
 */
record PnmHeader(int width, int height, int bands, int offset) {

  static PnmHeader read(byte[] data) throws BrokenImageException {
    Bytes bytes = new Bytes(data, true);
    int bands = bytes.u8(1) == '5' ? 1 : 3;
    int[] numbers = new int[3]; // width, height, largest sample
    int at = 2;
    for (int i = 0; i < numbers.length; i++) {
      while (bytes.u8(at) <= ' ' || bytes.u8(at) == '#') {
        if (bytes.u8(at) == '#') {
          while (bytes.u8(at) != '\n') {
            at++;
          }
        }
        at++;
      }
      int digits = 0;
      while (bytes.u8(at) >= '0' && bytes.u8(at) <= '9' && digits++ < 9) {
        numbers[i] = numbers[i] * 10 + bytes.u8(at++) - '0';
      }
      if (digits == 0 || bytes.u8(at) > ' ') {
        throw new BrokenImageException("a PGM/PPM header that is not three numbers");
      }
    }
    if (numbers[2] != 255) {
      throw new BrokenImageException("PGM/PPM samples up to " + numbers[2] + ", expected 255");
    }
    return new PnmHeader(numbers[0], numbers[1], bands, at + 1);
  }
}
