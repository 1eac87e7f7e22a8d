package io.github.dyad.data.layout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder's children by name: sub-folders and images, without what operating systems and archivers
 * leave behind. Symbolic links count as what they point to.
 *
 * @param path where it is
 * @param folders sub-folders
 * @param images files with an image's extension, in any letter case
 * @param others files that are neither images nor leftovers
 * @param broken symbolic links to nothing
 */
record Folder(
    Path path, List<Path> folders, List<Path> images, List<Path> others, List<Path> broken) {

  private static final Set<String> IMAGES =
      Set.of("png", "jpg", "jpeg", "tif", "tiff", "bmp", "gif", "pgm", "ppm");
  private static final Set<String> ARCHIVES = Set.of("zip", "tar", "gz", "tgz", "xz", "7z", "rar");
  private static final Set<String> LEFTOVERS =
      Set.of("thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin");

  static Folder list(Path path) throws IOException {
    List<Path> folders = new ArrayList<>();
    List<Path> images = new ArrayList<>();
    List<Path> others = new ArrayList<>();
    List<Path> broken = new ArrayList<>();
    try (Stream<Path> children = Files.list(path)) {
      for (Path child : children.filter(child -> !isLeftover(child)).toList()) {
        if (Files.isDirectory(child)) {
          folders.add(child);
        } else if (!Files.exists(child)) {
          broken.add(child);
        } else {
          (IMAGES.contains(extension(child)) ? images : others).add(child);
        }
      }
    }
    Comparator<Path> byName = Comparator.comparing(Folder::name);
    folders.sort(byName);
    images.sort(byName);
    others.sort(byName);
    broken.sort(byName);
    return new Folder(path, folders, images, others, broken);
  }

  /** The sub-folder of this name, by any letter case when there is none of the exact one. */
  Optional<Path> folder(String name) {
    Optional<Path> exact = folders.stream().filter(child -> name(child).equals(name)).findFirst();
    return exact.isPresent()
        ? exact
        : folders.stream().filter(child -> name(child).equalsIgnoreCase(name)).findFirst();
  }

  /** Tells of files that are no images and of links to nothing. */
  void tell(Scan scan) {
    if (!others.isEmpty()) {
      scan.note(
          String.format(
              "%s: passed over %d files that are no images (%s)",
              path, others.size(), names(others)));
    }
    if (!broken.isEmpty()) {
      scan.problem(
          String.format(
              "%s: %d symbolic links lead to nothing (%s); repair or remove them",
              path, broken.size(), names(broken)));
    }
  }

  /** The first few names, for a message. */
  static String names(List<Path> files) {
    String first = String.join(", ", files.stream().limit(3).map(Folder::name).toList());
    return files.size() > 3 ? first + ", …" : first;
  }

  /** A file's name in Unicode's composed form: macOS hands out the other one. */
  static String name(Path file) {
    return Normalizer.normalize(file.getFileName().toString(), Normalizer.Form.NFC);
  }

  /** The name up to its last dot. */
  static String stem(Path file) {
    String name = name(file);
    int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  /** The names from {@code folder} down to {@code file}, divided by '/'. */
  static String relative(Path folder, Path file) {
    List<String> names = new ArrayList<>();
    for (Path name : folder.relativize(file)) {
      names.add(name(name));
    }
    return String.join("/", names);
  }

  static boolean isArchive(Path file) {
    return ARCHIVES.contains(extension(file));
  }

  private static String extension(Path file) {
    String name = name(file);
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static boolean isLeftover(Path file) {
    String name = name(file);
    return name.startsWith(".") || LEFTOVERS.contains(name.toLowerCase(Locale.ROOT));
  }
}
