package io.github.dyad.data.layout;

import io.github.dyad.InputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds the files that a list names under a root, and gathers those that are not there. */
final class MissingFiles {
  private final Path root;
  private final Map<String, List<Path>> missing = new TreeMap<>();
  private final Map<String, Integer> named = new TreeMap<>();

  MissingFiles(Path root) {
    this.root = root;
  }

  /**
   * The file of this relative path, also when its extension is there in the other letter case.
   *
   * @throws InputException when the path leads out of the root
   */
  Optional<Path> find(String category, String relative) {
    Path file = inside(relative);
    named.merge(category, 1, Integer::sum);
    if (Files.isRegularFile(file)) {
      return Optional.of(file);
    }
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.') + 1;
    for (String extension :
        List.of(
            name.substring(dot).toLowerCase(Locale.ROOT),
            name.substring(dot).toUpperCase(Locale.ROOT))) {
      Path other = file.resolveSibling(name.substring(0, dot) + extension);
      if (Files.isRegularFile(other)) {
        return Optional.of(other);
      }
    }
    missing.computeIfAbsent(category, key -> new ArrayList<>()).add(root.relativize(file));
    return Optional.empty();
  }

  /** One problem for each category that lacks files. */
  void tell(Scan scan) {
    missing.forEach(
        (category, files) ->
            scan.problem(
                String.format(
                    "%s: %d of %d files are missing under %s (first %s); copy them from the"
                        + " archive",
                    category, files.size(), named.get(category), root, files.get(0))));
  }

  private Path inside(String relative) {
    try {
      Path file = root.resolve(relative).normalize();
      if (!relative.isBlank() && file.startsWith(root.normalize()) && !file.equals(root)) {
        return file;
      }
    } catch (InvalidPathException e) {
      // told below
    }
    throw new InputException(
        "a list of " + root + " names \"" + relative + "\", which is no file under it");
  }
}
