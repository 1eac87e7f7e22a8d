package io.github.dyad.data.layout;

import io.github.dyad.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds CIFAR's binary files, and says what is there instead of them. */
final class CifarFolder {
  private CifarFolder() {}

  /** The folder {@code binary} under the root, or the root when it is that folder. */
  static Path find(Path root, String binary, String python) throws IOException {
    Folder folder = Folder.list(root);
    Optional<Path> inside = folder.folder(binary);
    if (inside.isPresent()) {
      return inside.get();
    }
    boolean here = folder.others().stream().anyMatch(file -> Folder.name(file).endsWith(".bin"));
    if (here) {
      return root;
    }
    if (folder.folder(python).isPresent() || Files.exists(root.resolve("batches.meta"))) {
      throw new InputException(
          root + " holds the Python version of CIFAR; download the binary version instead");
    }
    Optional<Path> archive = folder.others().stream().filter(Folder::isArchive).findFirst();
    throw new InputException(
        root.resolve(binary)
            + " is missing; "
            + (archive.isPresent()
                ? "extract " + archive.get() + " first"
                : "give the folder that holds it"));
  }
}
