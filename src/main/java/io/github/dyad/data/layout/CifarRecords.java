package io.github.dyad.data.layout;

import io.github.dyad.InputException;
import io.github.dyad.data.Sample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * CIFAR's binary files: records of label bytes, then 32 × 32 pixels in planes of red, green and
 * blue. The files are mapped, not read: an image's bytes are touched when it is opened.
 */
final class CifarRecords {
  private static final int SIDE = 32;
  private static final int PIXELS = 3 * SIDE * SIDE;

  private CifarRecords() {}

  /**
   * Hands on each image with the path {@code NAME/NNNNN}.
   *
   * @param labelBytes before each image; the first one counts
   * @param classes names by label
   */
  static void scan(Path file, int labelBytes, List<String> classes, Consumer<Sample> to)
      throws IOException {
    ByteBuffer bytes;
    try (FileChannel channel = FileChannel.open(file)) {
      bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
    int record = labelBytes + PIXELS;
    if (bytes.capacity() == 0 || bytes.capacity() % record != 0) {
      throw new InputException(
          String.format(
              "%s: %d bytes are no whole number of records of %d; extract it again",
              file, bytes.capacity(), record));
    }
    String part = Folder.stem(file);
    for (int i = 0; i < bytes.capacity() / record; i++) {
      int label = bytes.get(i * record) & 0xFF;
      if (label >= classes.size()) {
        throw new InputException(
            String.format(
                "%s: label %d of image %d; expected 0 to %d", file, label, i, classes.size() - 1));
      }
      String path = String.format(Locale.ROOT, "%s/%05d", part, i);
      int offset = i * record + labelBytes;
      to.accept(
          Sample.normal(
              path, classes.get(label), new PixelRecord(path, bytes, offset, SIDE, SIDE, 3)));
    }
  }
}
