package io.github.dyad.distillation;

import io.github.dyad.InputException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Whether the teacher's features are kept on disk.
 *
 * @param keep yes, no, or where it pays and fits
 * @param file where; its name stands for teacher, images, size and position rule
 * @param maxBytes the most that the file may take
 * @param lock waits until no other writer of the file holds it
 */
public record FeatureKeeping(Keep keep, Path file, long maxBytes, Supplier<Lock> lock) {
  public enum Keep {
    AUTO,
    YES,
    NO
  }

  /** The right to write the file, until it is closed. */
  public interface Lock extends AutoCloseable {
    @Override
    void close();
  }

  /** For a file that nobody else writes. */
  public FeatureKeeping(Keep keep, Path file, long maxBytes) {
    this(keep, file, maxBytes, () -> () -> {});
  }

  /** Of a disk, what is left free. */
  private static final double RESERVE = 0.1;

  /**
   * @param bytes that the features of all images need
   * @param visits times that a training looks at an image on average
   */
  public boolean decide(long bytes, double visits) {
    if (keep == Keep.NO) {
      return false;
    }
    if (file.toFile().exists()) {
      return true;
    }
    long free = FeatureSource.freeBytes(file);
    boolean fits = bytes <= maxBytes && bytes <= free * (1 - RESERVE);
    if (keep == Keep.YES && !fits) {
      throw new InputException(
          String.format(
              java.util.Locale.ROOT,
              "the teacher's features need %.1f GB in %s, where %.1f GB are free and"
                  + " features.maxDiskGb allows %.1f; raise it, or set features.keep to no",
              bytes / 1e9,
              file.toAbsolutePath().getParent(),
              free / 1e9,
              maxBytes / 1e9));
    }
    return fits && (keep == Keep.YES || visits > 1);
  }
}
