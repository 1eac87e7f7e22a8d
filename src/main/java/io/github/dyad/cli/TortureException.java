package io.github.dyad.cli;

/** A disturbed run did not end with the bytes of the undisturbed one. */
final class TortureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TortureException(String message) {
    super(message);
  }
}
