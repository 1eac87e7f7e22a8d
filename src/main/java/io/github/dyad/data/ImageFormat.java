package io.github.dyad.data;

/** Formats told by a file's first bytes, whatever its name says. */
enum ImageFormat {
  PNG("png"),
  JPEG("jpeg"),
  TIFF("tiff"),
  BMP("bmp"),
  GIF("gif"),
  PNM("pnm");

  /** Name under which ImageIO knows it. */
  final String imageIoName;

  ImageFormat(String imageIoName) {
    this.imageIoName = imageIoName;
  }

  /** The format that starts with these bytes, null when it is none of ours. */
  static ImageFormat of(byte[] data) {
    if (startsWith(data, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
      return PNG;
    }
    if (startsWith(data, 0xFF, 0xD8, 0xFF)) {
      return JPEG;
    }
    if (startsWith(data, 'I', 'I', 42, 0) || startsWith(data, 'M', 'M', 0, 42)) {
      return TIFF;
    }
    if (startsWith(data, 'B', 'M')) {
      return BMP;
    }
    if (startsWith(data, 'G', 'I', 'F', '8')) {
      return GIF;
    }
    if (startsWith(data, 'P', '5') || startsWith(data, 'P', '6')) {
      return PNM;
    }
    return null;
  }

  private static boolean startsWith(byte[] data, int... magic) {
    if (data.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((data[i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
