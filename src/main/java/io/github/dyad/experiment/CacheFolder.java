package io.github.dyad.experiment;

import java.nio.file.Path;

/**
 * Where Dyad keeps what it can make again: the teacher's features, generated images. The
 * environment variable {@value #VARIABLE} names another folder.
 */
public final class CacheFolder {
  public static final String VARIABLE = "DYAD_CACHE";

  private CacheFolder() {}

  public static Path get() {
    String chosen = System.getenv(VARIABLE);
    return chosen == null || chosen.isBlank()
        ? Path.of(System.getProperty("user.home"), ".cache", "dyad")
        : Path.of(chosen);
  }
}
