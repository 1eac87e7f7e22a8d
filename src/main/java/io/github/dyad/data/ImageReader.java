package io.github.dyad.data;

import io.github.dyad.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/**
 * From an image's bytes to what the teacher reads: decode as Pillow's {@code convert("RGB")}
 * ({@link ImageDecoder} says the one departure), resize both sides by antialiased bilinear on 8-bit
 * values, crop the middle, normalise by ImageNet's mean and deviation.
 *
 * <p>Every method throws {@link InputException} naming the image when it cannot be read, or is no
 * longer the file that went into the hash of its split. Sizes are checked against the header before
 * anything is decoded; the limit, {@value #DEFAULT_MAX_PIXELS} pixels of 32 bits, is set by the
 * system property {@value #LIMIT_PROPERTY}.
 */
public final class ImageReader {

  /** System property: the most pixels an image may have. */
  public static final String LIMIT_PROPERTY = "dyad.maxPixels";

  private static final long DEFAULT_MAX_PIXELS = 64_000_000;

  /** A file larger than this is no image that fits the limit. */
  private static final int MAX_FILE_BYTES = 512 << 20;

  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};
  private static final float[][] NORMALISED = normalised();

  private ImageReader() {}

  /** The image at its own size. */
  public static Rgb8 decode(ImageRef image) {
    return raster(image, ImageDecoder.IMAGE).toRgb();
  }

  /** The image resized and cropped, still 8 bits: (crop, crop, 3). */
  public static Rgb8 resized8(ImageRef image, ImageSize size) {
    return resized8(raster(image, ImageDecoder.IMAGE), size).toRgb();
  }

  /** The image as the teacher reads it: (3, crop, crop), ImageNet-normalised. */
  public static float[] load(ImageRef image, ImageSize size) {
    return normalise(resized8(image, size));
  }

  /** (v / 255 − mean) / deviation of each band, in float32 as torchvision: (3, height, width). */
  public static float[] normalise(Rgb8 image) {
    byte[] pixels = image.pixels();
    int area = image.width() * image.height();
    float[] planes = new float[3 * area];
    for (int band = 0; band < 3; band++) {
      float[] table = NORMALISED[band];
      int out = band * area;
      for (int in = band; in < pixels.length; in += 3) {
        planes[out++] = table[pixels[in] & 0xFF];
      }
    }
    return planes;
  }

  static Raster8 resized8(Raster8 image, ImageSize size) {
    byte[] resized =
        Resampler.resize(
            image.samples(),
            image.width(),
            image.height(),
            image.bands(),
            size.resize(),
            size.resize());
    return new Raster8(size.crop(), size.crop(), image.bands(), crop(resized, image.bands(), size));
  }

  static Raster8 raster(ImageRef image, ImageDecoder decoder) {
    try {
      byte[] data = bytes(image);
      ImageHeader header = ImageHeader.read(data);
      header.check(maxPixels(), data.length);
      Raster8 raster = decoder.decode(data, header);
      if (raster.width() != header.width() || raster.height() != header.height()) {
        throw new BrokenImageException("header and pixels disagree about the size");
      }
      return raster;
    } catch (BrokenImageException e) {
      throw new InputException(image.name() + ": " + e.getMessage(), e);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // The decoders answer broken files with whatever exception they run into, or with an array
      // too large for any heap.
      if (e instanceof InputException input) {
        throw input;
      }
      throw new InputException(image.name() + ": cannot be read as an image: " + reason(e), e);
    }
  }

  /** Width and height by the header alone. */
  static ImageHeader header(ImageRef image) {
    try {
      byte[] data = bytes(image);
      ImageHeader header = ImageHeader.read(data);
      header.check(maxPixels(), data.length);
      return header;
    } catch (IOException e) {
      throw new InputException(image.name() + ": " + reason(e), e);
    }
  }

  private static byte[] bytes(ImageRef image) throws IOException {
    ManifestHash.requireUnchanged(image);
    try (InputStream in = image.open()) {
      byte[] data = in.readNBytes(MAX_FILE_BYTES);
      if (data.length == MAX_FILE_BYTES) {
        throw new BrokenImageException("larger than " + (MAX_FILE_BYTES >> 20) + " MiB");
      }
      return data;
    }
  }

  private static long maxPixels() {
    Long limit = Long.getLong(LIMIT_PROPERTY);
    if (limit == null) {
      return DEFAULT_MAX_PIXELS;
    }
    if (limit < 1) {
      throw new InputException(LIMIT_PROPERTY + " is " + limit + "; expected at least 1");
    }
    return limit;
  }

  private static byte[] crop(byte[] square, int bands, ImageSize size) {
    if (size.crop() == size.resize()) {
      return square;
    }
    int row = size.crop() * bands;
    byte[] middle = new byte[size.crop() * row];
    for (int y = 0; y < size.crop(); y++) {
      int from = ((y + size.cropOffset()) * size.resize() + size.cropOffset()) * bands;
      System.arraycopy(square, from, middle, y * row, row);
    }
    return middle;
  }

  private static float[][] normalised() {
    float[][] table = new float[3][256];
    for (int band = 0; band < 3; band++) {
      for (int value = 0; value < 256; value++) {
        table[band][value] = (value / 255f - MEAN[band]) / DEVIATION[band];
      }
    }
    return table;
  }

  private static String reason(Throwable e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission to read it";
    }
    boolean told = e instanceof IOException && e.getMessage() != null;
    return told ? e.getMessage() : "it is damaged (" + e.getClass().getSimpleName() + ")";
  }
}
