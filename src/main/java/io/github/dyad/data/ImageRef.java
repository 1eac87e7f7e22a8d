package io.github.dyad.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Where an image's bytes are: a file, a resource, or one picture inside an IDX or CIFAR file. Those
 * last have no coding of their own and open as PGM or PPM, which {@link ImageReader} reads as any
 * other format.
 */
public interface ImageRef {

  /** What messages call the image, such as its file path. */
  String name();

  /** Opens the coded image from its first byte; the caller closes it. */
  InputStream open() throws IOException;

  /** The image in one file. */
  static ImageRef file(Path file) {
    return new FileImage(file);
  }
}
