package io.github.dyad.distillation;

import io.github.dyad.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** Gives the teacher's features of training images, kept in a file or computed when asked. */
public interface FeatureSource {
  /** Fills {@code targets[i]} with image {@code indices[i]}. */
  void load(int[] indices, ImageFeatures[] targets);

  /**
   * Kept, where the keeping says so.
   *
   * @param visits times that an image is looked at on average
   * @param progress hears how many more images have their features kept
   * @param stop asked between images
   * @return null if asked to stop
   */
  static FeatureSource of(
      FeatureKeeping keeping,
      FeatureExtractor extractor,
      boolean half,
      TrainingImages images,
      double visits,
      IntConsumer progress,
      BooleanSupplier stop) {
    long bytes = FeatureFile.bytes(extractor.shape(), half, images.count());
    return keeping.decide(bytes, visits)
        ? kept(keeping, extractor, half, images, progress, stop)
        : computed(extractor, images);
  }

  /** Nothing is kept: the teacher runs for every batch. */
  static FeatureSource computed(FeatureExtractor extractor, TrainingImages images) {
    return (indices, targets) -> extractor.extract(images, indices, targets, indices.length);
  }

  /** The pixels alone, for a training whose graph runs the teacher. */
  static FeatureSource pixelsOnly(TrainingImages images) {
    return (indices, targets) -> {
      for (int i = 0; i < indices.length; i++) {
        byte[] pixels = images.pixels(indices[i]);
        System.arraycopy(pixels, 0, targets[i].pixels(), 0, pixels.length);
      }
    };
  }

  /**
   * All images' features in a file, which is written first where it is not there; another process
   * that writes it is waited for.
   *
   * @param progress hears how many more images have their features
   * @param stop asked between images; the next writer goes on from there
   * @return null if asked to stop
   * @throws InputException if the file cannot be written, or is damaged
   */
  static FeatureSource kept(
      FeatureKeeping keeping,
      FeatureExtractor extractor,
      boolean half,
      TrainingImages images,
      IntConsumer progress,
      BooleanSupplier stop) {
    Path file = keeping.file();
    FeatureFile features = FeatureFile.open(file, extractor.shape(), half, images.count());
    if (features == null) {
      try (FeatureKeeping.Lock lock = keeping.lock().get()) {
        features = FeatureFile.open(file, extractor.shape(), half, images.count());
        if (features == null) {
          if (!write(file, extractor, half, images, progress, stop)) {
            return null;
          }
          features = FeatureFile.open(file, extractor.shape(), half, images.count());
        }
      }
    }
    FeatureFile open = features;
    return (indices, targets) -> {
      for (int i = 0; i < indices.length; i++) {
        open.read(indices[i], targets[i]);
      }
    };
  }

  /** Whether it is complete, not stopped. */
  private static boolean write(
      Path file,
      FeatureExtractor extractor,
      boolean half,
      TrainingImages images,
      IntConsumer progress,
      BooleanSupplier stop) {
    int chunk = 64;
    ImageFeatures[] buffer = new ImageFeatures[chunk];
    for (int i = 0; i < chunk; i++) {
      buffer[i] = extractor.shape().allocate();
    }
    try (FeatureFile.Writer writer =
        new FeatureFile.Writer(file, extractor.shape(), half, images.count())) {
      try {
        progress.accept(writer.written());
        while (writer.written() < images.count()) {
          if (stop.getAsBoolean()) {
            return false;
          }
          int count = Math.min(chunk, images.count() - writer.written());
          int[] indices = new int[count];
          for (int i = 0; i < count; i++) {
            indices[i] = writer.written() + i;
          }
          extractor.extract(images, indices, buffer, count);
          for (int i = 0; i < count; i++) {
            writer.append(buffer[i]);
          }
          progress.accept(count);
        }
        writer.finish();
        return true;
      } catch (IOException e) {
        writer.discard();
        throw e;
      }
    } catch (IOException e) {
      throw new InputException(
          file
              + ": kept features cannot be written ("
              + e.getMessage()
              + "); free some disk, or set"
              + " features.keep to no",
          e);
    }
  }

  /** Free bytes of the disk that a file would be on. */
  static long freeBytes(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    while (folder != null && !Files.isDirectory(folder)) {
      folder = folder.getParent();
    }
    try {
      return folder == null ? 0 : Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      throw new InputException(folder + ": its free space cannot be read", e);
    }
  }
}
