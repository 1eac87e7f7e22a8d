package io.github.dyad.experiment.yaml;

/**
 * Where something stands.
 *
 * @param file as the user named it
 * @param line from 1
 */
public record Place(String file, int line) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
