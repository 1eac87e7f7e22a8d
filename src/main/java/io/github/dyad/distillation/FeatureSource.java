package io.github.dyad.distillation;

import io.github.dyad.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/** Gives the teacher's features of training images, kept in a file or computed when asked. */
interface FeatureSource {
  /** Fills {@code targets[i]} with image {@code indices[i]}. */
  void load(int[] indices, ImageFeatures[] targets);

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
   * @param progress hears how many more images have their features; what it throws ends the
   *     writing, and the next one goes on from there
   * @throws InputException if the file cannot be written, or is damaged
   */
  static FeatureSource kept(
      FeatureKeeping keeping,
      FeatureExtractor extractor,
      boolean half,
      TrainingImages images,
      IntConsumer progress) {
    Path file = keeping.file();
    FeatureFile features = FeatureFile.open(file, extractor.shape(), half, images.count());
    if (features == null) {
      try (FeatureKeeping.Lock lock = keeping.lock().get()) {
        features = FeatureFile.open(file, extractor.shape(), half, images.count());
        if (features == null) {
          write(file, extractor, half, images, progress);
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

  private static void write(
      Path file,
      FeatureExtractor extractor,
      boolean half,
      TrainingImages images,
      IntConsumer progress) {
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
