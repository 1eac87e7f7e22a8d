package io.github.dyad.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** An image that is a file of its own. */
record FileImage(Path file) implements ImageRef {

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public InputStream open() throws IOException {
    return Files.newInputStream(file);
  }
}
