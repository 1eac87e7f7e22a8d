package io.github.dyad.data.miniature;

import io.github.dyad.InputException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The small copies of the benchmarks by the benchmarks' ids. */
public final class Miniatures {
  /** Changes whenever the pictures or their places do. */
  private static final int VERSION = 1;

  private static final Map<String, Drawing> DRAWINGS =
      new TreeMap<>(
          Map.of(
              "mvtec-ad", IndustrialMiniatures::mvtecAd,
              "mvtec-loco", IndustrialMiniatures::mvtecLoco,
              "visa", IndustrialMiniatures::visa,
              "real-iad", IndustrialMiniatures::realIad,
              "cifar-10", SemanticMiniatures::cifar10,
              "cifar-100", SemanticMiniatures::cifar100,
              "fashion-mnist", SemanticMiniatures::fashionMnist,
              "view", SemanticMiniatures::view));

  /** Draws a whole data set into an empty folder. */
  interface Drawing {
    void into(Path root) throws IOException;
  }

  private Miniatures() {}

  /** Ids of the data sets that there are small copies of. */
  public static List<String> datasets() {
    return List.copyOf(DRAWINGS.keySet());
  }

  /**
   * The root of a data set's small copy, drawn the first time it is asked for.
   *
   * @param home where copies are kept
   * @throws InputException when there is none of this data set, or {@code home} cannot be written
   */
  public static Path root(String dataset, Path home) {
    Drawing drawing = DRAWINGS.get(dataset);
    if (drawing == null) {
      throw new InputException(
          "there is no miniature of "
              + dataset
              + "; expected one of "
              + String.join(", ", DRAWINGS.keySet()));
    }
    Path root = home.resolve("miniature-" + VERSION).resolve(dataset);
    try {
      if (!Files.isDirectory(root)) {
        draw(drawing, root);
      }
      return root;
    } catch (IOException e) {
      throw new InputException(root + ": cannot be drawn: " + e.getMessage(), e);
    }
  }

  /** Draws aside and moves: another process sees all of it or nothing. */
  private static void draw(Drawing drawing, Path root) throws IOException {
    Files.createDirectories(root.getParent());
    Path aside = Files.createTempDirectory(root.getParent(), root.getFileName() + ".part");
    try {
      drawing.into(aside);
      Files.move(aside, root, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(root)) { // else another process was quicker
        throw e;
      }
    } finally {
      delete(aside);
    }
  }

  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
