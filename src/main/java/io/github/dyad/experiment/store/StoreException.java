package io.github.dyad.experiment.store;

import io.github.dyad.InputException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** The disk refused to keep or to give something: full, read-only, gone. */
public final class StoreException extends InputException {
  private static final long serialVersionUID = 1L;

  private StoreException(String message, IOException cause) {
    super(message, cause);
  }

  static StoreException writing(Path path, IOException cause) {
    return new StoreException(
        path
            + " cannot be written: "
            + reason(cause)
            + "; what was finished is kept, the same command goes on from there",
        cause);
  }

  static StoreException reading(Path path, IOException cause) {
    return new StoreException(path + " cannot be read: " + reason(cause), cause);
  }

  private static String reason(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof FileSystemException failure && failure.getReason() != null) {
      return failure.getReason();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
