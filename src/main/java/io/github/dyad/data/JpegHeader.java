package io.github.dyad.data;

/**
 * The frame of a JPEG file.
 *
 * @param components 1 grey, 3 colour, 4 CMYK
 * @param transformed whether the first three components are YCbCr, by libjpeg's rules
 */
record JpegHeader(int width, int height, int components, boolean transformed) {

  /** More scans than any encoder writes: each costs a pass over the whole image. */
  private static final int MAX_SCANS = 64;

  static JpegHeader read(byte[] data) throws BrokenImageException {
    Bytes bytes = new Bytes(data, true);
    Markers markers = new Markers();
    int at = 2;
    int scans = 0;
    while (at + 1 < data.length) {
      if (bytes.u8(at) != 0xFF || bytes.u8(at + 1) == 0xFF) {
        at++;
        continue;
      }
      int marker = bytes.u8(at + 1);
      if (marker == 0xD9) {
        break;
      }
      if (marker == 0 || marker == 1 || (marker >= 0xD0 && marker <= 0xD8)) {
        at += 2; // a stuffed byte or a marker without a length
        continue;
      }
      if (marker == 0xDA && ++scans > MAX_SCANS) {
        throw new BrokenImageException("a JPEG of more than " + MAX_SCANS + " scans");
      }
      if (scans > 0 && at + 3 >= data.length) {
        break; // the decoder tells a scan cut short
      }
      markers.note(bytes, marker, at + 4);
      at += 2 + Math.max(2, bytes.u16(at + 2));
    }
    return markers.header();
  }

  /** What the markers before and between the scans said. */
  private static final class Markers {
    private JpegHeader frame;
    private int firstId;
    private boolean jfif;
    private int adobeTransform = -1;

    void note(Bytes bytes, int marker, int at) throws BrokenImageException {
      boolean frameMarker =
          marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
      if (frameMarker && frame == null) {
        if (bytes.u8(at) != 8) {
          throw new BrokenImageException("a JPEG of " + bytes.u8(at) + " bits, expected 8");
        }
        frame = new JpegHeader(bytes.u16(at + 3), bytes.u16(at + 1), bytes.u8(at + 5), false);
        firstId = bytes.u8(at + 6);
      } else if (marker == 0xE0 && bytes.u32(at) == 0x4A464946L) { // JFIF
        jfif = true;
      } else if (marker == 0xEE && bytes.u32(at) == 0x41646F62L && bytes.u8(at + 4) == 'e') {
        adobeTransform = bytes.u8(at + 11);
      }
    }

    JpegHeader header() throws BrokenImageException {
      if (frame == null) {
        throw new BrokenImageException("a JPEG without a frame header");
      }
      boolean transformed =
          switch (frame.components) {
            case 1 -> false;
            case 3 -> jfif || (adobeTransform >= 0 ? adobeTransform != 0 : firstId != 'R');
            case 4 -> adobeTransform > 0;
            default ->
                throw new BrokenImageException(
                    "a JPEG of " + frame.components + " components, expected 1, 3 or 4");
          };
      return new JpegHeader(frame.width, frame.height, frame.components, transformed);
    }
  }
}
