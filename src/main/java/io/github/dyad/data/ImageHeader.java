package io.github.dyad.data;

/**
 * What an image file says of itself before anything is decoded, read by ourselves so that a lying
 * header is refused before a decoder allocates for it.
 *
 * @param width pixels, as stated
 * @param height pixels, as stated
 * @param bitsPerPixel of the decoded samples
 * @param growth decoded bytes for each byte of the file at most, {@link #UNBOUNDED} if not known
 */
record ImageHeader(ImageFormat format, long width, long height, int bitsPerPixel, long growth) {

  static final long UNBOUNDED = Long.MAX_VALUE;

  /** A deflate stream cannot grow by more than this. */
  private static final long DEFLATE_GROWTH = 1032;

  /** Bits that the pixel limit allows each pixel; deeper pixels count for more than one. */
  private static final int LIMIT_BITS = 32;

  static ImageHeader read(byte[] data) throws BrokenImageException {
    if (data.length == 0) {
      throw new BrokenImageException("the file is empty");
    }
    ImageFormat format = ImageFormat.of(data);
    if (format == null) {
      throw new BrokenImageException("not a PNG, JPEG, TIFF, BMP, GIF or PGM/PPM image");
    }
    return switch (format) {
      case PNG -> png(data);
      case JPEG -> {
        JpegHeader jpeg = JpegHeader.read(data);
        yield new ImageHeader(
            format, jpeg.width(), jpeg.height(), 8 * jpeg.components(), UNBOUNDED);
      }
      case TIFF -> {
        TiffHeader tiff = TiffHeader.read(data);
        yield new ImageHeader(
            format,
            tiff.width(),
            tiff.height(),
            tiff.samples() * tiff.bits(),
            tiff.compressed() ? UNBOUNDED : 1);
      }
      case BMP -> bmp(data);
      case GIF -> {
        Bytes bytes = new Bytes(data, false);
        yield new ImageHeader(format, bytes.u16(6), bytes.u16(8), 8, UNBOUNDED);
      }
      case PNM -> {
        PnmHeader pnm = PnmHeader.read(data);
        yield new ImageHeader(format, pnm.width(), pnm.height(), 8 * pnm.bands(), 1);
      }
    };
  }

  /**
   * Refuses a size of zero, one above {@code maxPixels}, and one that {@code fileBytes} cannot
   * hold.
   */
  void check(long maxPixels, long fileBytes) throws BrokenImageException {
    if (width <= 0 || height <= 0) {
      throw new BrokenImageException("the header says " + width + " x " + height + " pixels");
    }
    if (width > maxPixels / height || width * height > maxPixels * LIMIT_BITS / bitsPerPixel) {
      throw new BrokenImageException(
          String.format(
              "%d x %d pixels of %d bits, above the limit of %d pixels; if the image is genuine,"
                  + " raise it with -D%s=PIXELS",
              width, height, bitsPerPixel, maxPixels, ImageReader.LIMIT_PROPERTY));
    }
    if (width * height * bitsPerPixel / 8 / growth > fileBytes) {
      throw new BrokenImageException(
          String.format(
              "the header says %d x %d pixels of %d bits, too many for a file of %d bytes",
              width, height, bitsPerPixel, fileBytes));
    }
  }

  private static ImageHeader png(byte[] data) throws BrokenImageException {
    Bytes bytes = new Bytes(data, true);
    if (bytes.u32(12) != 0x49484452L) { // IHDR
      throw new BrokenImageException("a PNG without its header chunk");
    }
    int samples =
        switch (bytes.u8(25)) {
          case 0, 3 -> 1;
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> throw new BrokenImageException("a PNG of colour type " + bytes.u8(25));
        };
    int depth = Math.max(1, bytes.u8(24));
    return new ImageHeader(
        ImageFormat.PNG, bytes.u32(16), bytes.u32(20), samples * depth, DEFLATE_GROWTH);
  }

  private static ImageHeader bmp(byte[] data) throws BrokenImageException {
    Bytes bytes = new Bytes(data, false);
    boolean core = bytes.u32(14) == 12;
    long width = core ? bytes.u16(18) : bytes.s32(18);
    long height = core ? bytes.u16(20) : Math.abs((long) bytes.s32(22)); // negative: top-down
    int bits = Math.max(1, bytes.u16(core ? 24 : 28));
    return new ImageHeader(ImageFormat.BMP, width, height, bits, UNBOUNDED);
  }
}
