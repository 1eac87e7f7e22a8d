package io.github.dyad.metric;

import io.github.dyad.InputException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Anyone's anomaly maps on disk: a folder of TIFF maps (one band; 32-bit float or 16-bit) and a
 * folder of PNG masks, anomalous where not 0. A mask belongs to the map of the same path below its
 * folder, the ending and MVTec's {@code _mask} left away ({@code crack/000.tiff} and {@code
 * crack/000_mask.png}). A map without a mask is that of a normal image.
 */
public final class MapFolders {
  private static final long MOST_PIXELS = 1L << 28;

  private final Map<String, Path> maps;
  private final Map<String, Path> masks;

  /**
   * Lists both folders; no image is opened yet.
   *
   * @throws InputException when a folder is not there or holds no file of its kind, two files have
   *     one name, or no mask has a map
   */
  public MapFolders(Path mapFolder, Path maskFolder) {
    maps = list(mapFolder, "map", List.of(".tif", ".tiff"), "");
    masks = list(maskFolder, "mask", List.of(".png"), "_mask");
    if (unmatchedMasks() == masks.size()) {
      throw new InputException(
          "none of the %d masks in %s has a map in %s; a mask is %s, a map is %s"
              .formatted(masks.size(), maskFolder, mapFolder, first(masks), first(maps)));
    }
  }

  /** Number of masks to which no map belongs; they are not measured. */
  public int unmatchedMasks() {
    Set<String> unmatched = new HashSet<>(masks.keySet());
    unmatched.removeAll(maps.keySet());
    return unmatched.size();
  }

  /**
   * Reads all maps, sorted by path, and adds them.
   *
   * @throws InputException naming the file that cannot be read, has NaN or differs in size
   */
  public void addTo(PixelMetrics metrics) {
    maps.keySet().stream().sorted().forEach(name -> add(name, metrics));
  }

  private void add(String name, PixelMetrics metrics) {
    Path mapFile = maps.get(name);
    // the raster: as images, floats above 1 would be cut off
    Raster map = read(mapFile, r -> r.canReadRaster() ? r.readRaster(0, null) : raster(r));
    float[] scores = scores(mapFile, map);
    Path maskFile = masks.get(name);
    try {
      if (maskFile == null) {
        metrics.addNormal(scores);
        return;
      }
      BufferedImage mask = read(maskFile, r -> r.read(0));
      if (mask.getWidth() != map.getWidth() || mask.getHeight() != map.getHeight()) {
        throw new InputException(
            "is %dx%d pixels, but its mask %s is %dx%d"
                .formatted(
                    map.getWidth(), map.getHeight(), maskFile, mask.getWidth(), mask.getHeight()));
      }
      metrics.add(scores, anomalous(mask), map.getWidth());
    } catch (InputException e) {
      throw new InputException(mapFile + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, Path> list(
      Path folder, String kind, List<String> endings, String suffix) {
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder + ": there is no such folder of " + kind + "s");
    }
    Map<String, Path> found = new HashMap<>();
    try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        String path = folder.relativize(file).toString().replace('\\', '/');
        String ending = ending(path, endings);
        boolean hidden = file.getFileName().toString().startsWith("."); // "._a.png" of a Mac
        if (ending != null && !hidden && Files.isRegularFile(file)) {
          String stem = path.substring(0, path.length() - ending.length());
          String name =
              stem.endsWith(suffix) ? stem.substring(0, stem.length() - suffix.length()) : stem;
          Path other = found.put(name, file);
          if (other != null) {
            throw new InputException(
                "%s and %s are both the %s of \"%s\"; keep one".formatted(other, file, kind, name));
          }
        }
      }
    } catch (UncheckedIOException | IOException e) {
      throw new InputException(folder + ": cannot be listed: " + e.getMessage(), e);
    }
    if (found.isEmpty()) {
      throw new InputException(
          "%s: has no %s file (%s)".formatted(folder, kind, String.join(", ", endings)));
    }
    return found;
  }

  private static String ending(String path, List<String> endings) {
    String lower = path.toLowerCase(Locale.ROOT);
    return endings.stream().filter(lower::endsWith).findFirst().orElse(null);
  }

  private static String first(Map<String, Path> files) {
    return "\"" + files.keySet().stream().sorted().findFirst().orElseThrow() + "\"";
  }

  /** What is read from the first image of a file. */
  private interface Reading<T> {
    T from(ImageReader reader) throws IOException;
  }

  private static Raster raster(ImageReader reader) throws IOException {
    return reader.read(0).getRaster();
  }

  private static <T> T read(Path file, Reading<T> reading) {
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = in == null ? null : ImageIO.getImageReaders(in);
      if (readers == null || !readers.hasNext()) {
        throw new InputException(file + ": is no image that can be read");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        if ((long) reader.getWidth(0) * reader.getHeight(0) > MOST_PIXELS) {
          throw new InputException(
              "%s: has %dx%d pixels; at most 2^28 are read"
                  .formatted(file, reader.getWidth(0), reader.getHeight(0)));
        }
        return reading.from(reader);
      } finally {
        reader.dispose();
      }
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // decoders meet broken files with any of these
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static float[] scores(Path file, Raster raster) {
    int type = raster.getDataBuffer().getDataType();
    boolean isFloat = type == DataBuffer.TYPE_FLOAT;
    boolean isShort = type == DataBuffer.TYPE_USHORT || type == DataBuffer.TYPE_SHORT;
    if (raster.getNumBands() != 1 || !(isFloat || isShort)) {
      throw new InputException(
          "%s: has %d bands of %d bits; expected one band of 32-bit floats or of 16 bits"
              .formatted(file, raster.getNumBands(), DataBuffer.getDataTypeSize(type)));
    }
    return raster.getSamples(
        raster.getMinX(),
        raster.getMinY(),
        raster.getWidth(),
        raster.getHeight(),
        0,
        (float[]) null);
  }

  private static boolean[] anomalous(BufferedImage mask) {
    int width = mask.getWidth();
    int height = mask.getHeight();
    boolean[] anomalous = new boolean[width * height];
    Raster raster = mask.getRaster();
    boolean isGrey =
        raster.getNumBands() == 1 && !(mask.getColorModel() instanceof IndexColorModel);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        anomalous[y * width + x] =
            isGrey ? raster.getSample(x, y, 0) != 0 : (mask.getRGB(x, y) & 0xffffff) != 0;
      }
    }
    return anomalous;
  }
}
