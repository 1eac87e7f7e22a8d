package io.github.dyad.data;

import java.io.IOException;

/**
 * An image whose bytes do not make sense. Its message completes "FILE: …"; {@link ImageReader} adds
 * the name and turns it into an input error.
 */
final class BrokenImageException extends IOException {
  private static final long serialVersionUID = 1L;

  BrokenImageException(String message) {
    super(message);
  }
}
