package io.github.dyad.data;

import io.github.dyad.InputException;
import io.github.dyad.Require;

/**
 * Reads the anomalous pixels of a sample. Of a mask file every value but 0 is anomalous: 255, the
 * defect numbers of MVTec-LOCO and VisA, a 1 in 16 bits. Several masks are united.
 *
 * <p>The Dinomaly rule: 255 where marked → bilinear on 8-bit values to the image's resize → its
 * crop → nearest to the map's size → anomalous where above 0. The image's label does not come from
 * here: what is anomalous may lie outside the crop.
 */
public final class MaskReader {
  private MaskReader() {}

  /**
   * The united mask: (mapSize, mapSize) by {@link MaskRule#DINOMALY}, as the file by {@link
   * MaskRule#ORIGINAL}. All false for a normal image.
   *
   * @throws InputException when a mask cannot be read, masks of one image differ in size, or an
   *     anomalous sample has none
   */
  public static Mask load(Sample sample, ImageSize size, int mapSize, MaskRule rule) {
    Require.atLeast("anomaly.mapSize", mapSize, 1);
    if (sample.masks().isEmpty() && sample.anomalous()) {
      throw new InputException(
          sample.image().name()
              + ": anomalous and without a mask; pixel metrics need one for every anomalous image;"
              + " metrics.pixel: false leaves them out");
    }
    if (sample.masks().isEmpty()) {
      return rule == MaskRule.DINOMALY ? clear(mapSize, mapSize) : clear(sample.image());
    }
    Mask union = null;
    for (ImageRef file : sample.masks()) {
      Mask mask = rule == MaskRule.DINOMALY ? resized(file, size, mapSize) : original(file);
      union = union == null ? mask : united(union, mask, file);
    }
    return union;
  }

  /** One mask file at its own resolution. */
  public static Mask original(ImageRef file) {
    return marked(raster(file));
  }

  private static Mask resized(ImageRef file, ImageSize size, int mapSize) {
    Raster8 raster = raster(file);
    byte[] marks = new byte[raster.width() * raster.height()];
    boolean[] anomalous = marked(raster).anomalous();
    for (int i = 0; i < marks.length; i++) {
      marks[i] = (byte) (anomalous[i] ? 255 : 0);
    }
    Raster8 cropped =
        ImageReader.resized8(new Raster8(raster.width(), raster.height(), 1, marks), size);
    return nearest(marked(cropped), mapSize);
  }

  /** PyTorch's nearest: the input at ⌊out · (in / out size)⌋, the scale in float32. */
  private static Mask nearest(Mask mask, int side) {
    boolean[] target = new boolean[side * side];
    float scaleY = (float) mask.height() / side;
    float scaleX = (float) mask.width() / side;
    for (int y = 0; y < side; y++) {
      int row = Math.min((int) (y * scaleY), mask.height() - 1);
      for (int x = 0; x < side; x++) {
        int column = Math.min((int) (x * scaleX), mask.width() - 1);
        target[y * side + x] = mask.anomalous()[row * mask.width() + column];
      }
    }
    return new Mask(side, side, target);
  }

  private static Mask united(Mask union, Mask mask, ImageRef file) {
    if (union.width() != mask.width() || union.height() != mask.height()) {
      throw new InputException(
          String.format(
              "%s: a mask of %d x %d pixels; the other masks of its image have %d x %d",
              file.name(), mask.width(), mask.height(), union.width(), union.height()));
    }
    boolean[] either = new boolean[union.anomalous().length];
    for (int i = 0; i < either.length; i++) {
      either[i] = union.anomalous()[i] || mask.anomalous()[i];
    }
    return new Mask(union.height(), union.width(), either);
  }

  private static Mask clear(int height, int width) {
    return new Mask(height, width, new boolean[height * width]);
  }

  private static Mask clear(ImageRef image) {
    ImageHeader header = ImageReader.header(image);
    return clear((int) header.height(), (int) header.width());
  }

  private static Raster8 raster(ImageRef file) {
    return ImageReader.raster(file, ImageDecoder.MASK);
  }

  /** Where any band is above 0. */
  private static Mask marked(Raster8 raster) {
    boolean[] anomalous = new boolean[raster.width() * raster.height()];
    byte[] samples = raster.samples();
    for (int i = 0; i < samples.length; i++) {
      anomalous[i / raster.bands()] |= samples[i] != 0;
    }
    return new Mask(raster.height(), raster.width(), anomalous);
  }
}
