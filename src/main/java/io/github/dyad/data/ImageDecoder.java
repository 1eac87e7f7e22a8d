package io.github.dyad.data;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * From a file's bytes to 8-bit grey or RGB, as Pillow's {@code convert("RGB")} has it: alpha is
 * dropped, a palette is looked up, CMYK is (1−C)(1−K), colour profiles and EXIF are not applied, of
 * several frames or pages the first is taken. One departure: of 16 bits the high byte is kept for
 * grey images too, where Pillow clips at 255 and leaves them white.
 *
 * <p>Rasters are read, never colour-managed pixels: the JDK would put grey through a gamma curve
 * and YCbCr through a profile.
 */
final class ImageDecoder {

  /** For images: the high byte of 16-bit samples. */
  static final ImageDecoder IMAGE = new ImageDecoder(sample -> sample >> 8);

  /** For masks: a 16-bit sample that is not 0 stays so. */
  static final ImageDecoder MASK = new ImageDecoder(sample -> Math.min(sample, 255));

  private final IntUnaryOperator narrow16;

  private ImageDecoder(IntUnaryOperator narrow16) {
    this.narrow16 = narrow16;
  }

  /** The pixels of {@code data}, whose checked header is {@code header}. */
  Raster8 decode(byte[] data, ImageHeader header) throws IOException {
    return switch (header.format()) {
      case PNM -> pnm(data);
      case JPEG -> jpeg(data);
      case TIFF -> tiff(data);
      case GIF -> gif(data, header);
      case PNG, BMP -> raster8(readImage(header.format(), data));
    };
  }

  private static Raster8 pnm(byte[] data) throws BrokenImageException {
    PnmHeader header = PnmHeader.read(data);
    int end = header.offset() + header.width() * header.height() * header.bands();
    if (end > data.length) {
      throw new BrokenImageException("the file is cut short at byte " + data.length);
    }
    return new Raster8(
        header.width(),
        header.height(),
        header.bands(),
        Arrays.copyOfRange(data, header.offset(), end));
  }

  private Raster8 jpeg(byte[] data) throws IOException {
    JpegHeader header = JpegHeader.read(data);
    Raster raster = withReader(ImageFormat.JPEG, data, reader -> reader.readRaster(0, null));
    if (raster.getNumBands() != header.components()) {
      throw new BrokenImageException("a JPEG whose frame and scans disagree");
    }
    byte[] samples = interleaved(raster);
    if (header.transformed()) {
      YCbCr.toRgb(samples, header.components());
    }
    int width = raster.getWidth();
    int height = raster.getHeight();
    if (header.components() < 4) {
      return new Raster8(width, height, header.components(), samples);
    }
    // CMYK in JPEG is stored inverted (Adobe). Of YCCK, libjpeg makes CMY as 255 − RGB, which the
    // inversion undoes: its first three samples are CMY as they stand.
    return cmyk(width, height, samples, header.transformed() ? 0 : 0xFF, 0xFF);
  }

  private Raster8 tiff(byte[] data) throws IOException {
    TiffHeader header = TiffHeader.read(data);
    BufferedImage image = readImage(ImageFormat.TIFF, data);
    boolean cmyk = header.photometric() == 5 && image.getRaster().getNumBands() >= 4;
    if (!cmyk) {
      return raster8(image);
    }
    Raster raster = image.getRaster();
    if (raster.getTransferType() != DataBuffer.TYPE_BYTE) {
      throw new BrokenImageException("a CMYK TIFF of 16 bits; convert it to RGB");
    }
    byte[] samples = bands(raster, 4);
    return cmyk(raster.getWidth(), raster.getHeight(), samples, 0, 0);
  }

  /** Pillow's {@code cmyk2rgb}; a flip of 0xFF undoes inverted samples. */
  private static Raster8 cmyk(int width, int height, byte[] samples, int flipCmy, int flipK) {
    byte[] rgb = new byte[width * height * 3];
    for (int in = 0, out = 0; in < samples.length; in += 4) {
      int white = 255 - ((samples[in + 3] & 0xFF) ^ flipK);
      for (int band = 0; band < 3; band++) {
        int product = ((samples[in + band] & 0xFF) ^ flipCmy) * white + 128;
        rgb[out++] = (byte) Math.max(0, white - (((product >> 8) + product) >> 8));
      }
    }
    return new Raster8(width, height, 3, rgb);
  }

  /** The first frame, laid on a black screen where it does not cover it. */
  private Raster8 gif(byte[] data, ImageHeader header) throws IOException {
    BufferedImage frame = readImage(ImageFormat.GIF, data);
    int[] corner = GifFrame.corner(data);
    int width = (int) header.width();
    int height = (int) header.height();
    Rgb8 rgb = raster8(frame).toRgb();
    if (rgb.width() == width && rgb.height() == height) {
      return new Raster8(width, height, 3, rgb.pixels());
    }
    byte[] screen = new byte[width * height * 3];
    int columns = Math.min(rgb.width(), width - corner[0]);
    int rows = Math.min(rgb.height(), height - corner[1]);
    for (int y = 0; y < rows && columns > 0; y++) {
      System.arraycopy(
          rgb.pixels(),
          3 * y * rgb.width(),
          screen,
          3 * ((corner[1] + y) * width + corner[0]),
          3 * columns);
    }
    return new Raster8(width, height, 3, screen);
  }

  private Raster8 raster8(BufferedImage image) throws BrokenImageException {
    Raster raster = image.getRaster();
    int width = raster.getWidth();
    int height = raster.getHeight();
    if (image.getColorModel() instanceof IndexColorModel palette) {
      return new Raster8(width, height, 3, lookUp(raster, palette));
    }
    boolean components =
        raster.getNumDataElements() == raster.getNumBands() && raster.getNumBands() <= 5;
    if (!components) {
      return new Raster8(width, height, 3, packed(image));
    }
    int bands = raster.getNumBands() < 3 ? 1 : 3; // what is left over is alpha
    return switch (raster.getTransferType()) {
      case DataBuffer.TYPE_BYTE ->
          new Raster8(
              width,
              height,
              bands,
              bands == raster.getNumBands() ? interleaved(raster) : bands(raster, bands));
      case DataBuffer.TYPE_USHORT -> new Raster8(width, height, bands, narrowed(raster, bands));
      default -> throw new BrokenImageException("samples that are neither 8 nor 16 bits");
    };
  }

  private static byte[] lookUp(Raster raster, IndexColorModel palette) {
    int width = raster.getWidth();
    byte[] rgb = new byte[width * raster.getHeight() * 3];
    int[] colours = new int[palette.getMapSize()];
    palette.getRGBs(colours);
    int[] row = new int[width];
    for (int y = 0, out = 0; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int index : row) {
        int colour = index < colours.length ? colours[index] : 0;
        rgb[out++] = (byte) (colour >> 16);
        rgb[out++] = (byte) (colour >> 8);
        rgb[out++] = (byte) colour;
      }
    }
    return rgb;
  }

  /** Pixels packed into one number, such as BMP's 5-5-5 bits. */
  private static byte[] packed(BufferedImage image) {
    int width = image.getWidth();
    byte[] rgb = new byte[width * image.getHeight() * 3];
    int[] row = new int[width];
    for (int y = 0, out = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int colour : row) {
        rgb[out++] = (byte) (colour >> 16);
        rgb[out++] = (byte) (colour >> 8);
        rgb[out++] = (byte) colour;
      }
    }
    return rgb;
  }

  /** All bands of a raster of bytes; its own array where that is already in order. */
  private static byte[] interleaved(Raster raster) {
    int bands = raster.getNumBands();
    if (raster.getSampleModel() instanceof PixelInterleavedSampleModel model
        && raster.getDataBuffer() instanceof DataBufferByte buffer
        && raster.getParent() == null
        && model.getPixelStride() == bands
        && model.getScanlineStride() == bands * raster.getWidth()
        && buffer.getOffset() == 0
        && buffer.getData().length == bands * raster.getWidth() * raster.getHeight()
        && ascending(model.getBandOffsets())) {
      return buffer.getData();
    }
    return bands(raster, bands);
  }

  private static boolean ascending(int[] offsets) {
    for (int i = 0; i < offsets.length; i++) {
      if (offsets[i] != i) {
        return false;
      }
    }
    return true;
  }

  /** The first {@code kept} bands of a raster of bytes. */
  private static byte[] bands(Raster raster, int kept) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    byte[] all = new byte[width * raster.getHeight() * kept];
    byte[] row = new byte[width * bands];
    for (int y = 0, out = 0; y < raster.getHeight(); y++) {
      raster.getDataElements(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int in = 0; in < row.length; in += bands) {
        for (int band = 0; band < kept; band++) {
          all[out++] = row[in + band];
        }
      }
    }
    return all;
  }

  private byte[] narrowed(Raster raster, int kept) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    byte[] all = new byte[width * raster.getHeight() * kept];
    short[] row = new short[width * bands];
    for (int y = 0, out = 0; y < raster.getHeight(); y++) {
      raster.getDataElements(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int in = 0; in < row.length; in += bands) {
        for (int band = 0; band < kept; band++) {
          all[out++] = (byte) narrow16.applyAsInt(row[in + band] & 0xFFFF);
        }
      }
    }
    return all;
  }

  private static BufferedImage readImage(ImageFormat format, byte[] data) throws IOException {
    return withReader(format, data, reader -> reader.read(0));
  }

  private interface Reading<T> {
    T read(ImageReader reader) throws IOException;
  }

  private static <T> T withReader(ImageFormat format, byte[] data, Reading<T> reading)
      throws IOException {
    ImageReader reader = reader(format);
    StringBuilder cutShort = new StringBuilder();
    try {
      // Forward only and without metadata: no thumbnails, profiles or comments are unpacked.
      reader.setInput(new ByteArrayImageInputStream(data), true, true);
      reader.addIIOReadWarningListener(
          (source, warning) -> {
            String lower = warning.toLowerCase(Locale.ROOT);
            if (lower.contains("premature end of jpeg") || lower.contains("truncated")) {
              cutShort.append(warning);
            }
          });
      T result = reading.read(reader);
      if (!cutShort.isEmpty()) {
        throw new BrokenImageException("the file is cut short at byte " + data.length);
      }
      return result;
    } finally {
      reader.dispose();
    }
  }

  /** TwelveMonkeys for TIFF, the JDK for the others, whatever else is on the class path. */
  private static ImageReader reader(ImageFormat format) {
    String home = format == ImageFormat.TIFF ? "com.twelvemonkeys." : "com.sun.imageio.";
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.imageIoName);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getName().startsWith(home)) {
        return reader;
      }
    }
    throw new IllegalStateException("no " + home + " reader of " + format);
  }
}
