package io.github.dyad.data.layout;

import io.github.dyad.InputException;
import io.github.dyad.data.Sample;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;

/** The images and labels of one part of a data set in MNIST's files. */
final class IdxPair {
  private IdxPair() {}

  /** Where a file's bytes come from. */
  interface Source {
    IdxFile read(int rank) throws IOException;
  }

  /**
   * Hands on each image, with its label as category and the path {@code part/NNNNN}.
   *
   * @param classes labels must be below this
   */
  static void scan(
      String part, int classes, Source imageSource, Source labelSource, Consumer<Sample> to)
      throws IOException {
    IdxFile images = imageSource.read(3);
    IdxFile labels = labelSource.read(1);
    int count = images.axes()[0];
    if (labels.axes()[0] != count) {
      throw new InputException(
          String.format(
              "%s: %d images and %d labels; the files are not of one data set",
              part, count, labels.axes()[0]));
    }
    int height = images.axes()[1];
    int width = images.axes()[2];
    for (int i = 0; i < count; i++) {
      int label = labels.values().get(i) & 0xFF;
      if (label >= classes) {
        throw new InputException(
            String.format(
                "%s: label %d of image %d; expected 0 to %d", part, label, i, classes - 1));
      }
      String path = String.format(Locale.ROOT, "%s/%05d", part, i);
      int offset = i * height * width;
      to.accept(
          Sample.normal(
              path,
              String.valueOf(label),
              new PixelRecord(path, images.values(), offset, width, height, 1)));
    }
  }
}
