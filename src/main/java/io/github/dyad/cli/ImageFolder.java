package io.github.dyad.cli;

import io.github.dyad.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/**
 * The images below folders in the order of their paths. One listing of a folder at a time is in
 * memory, with those of the folders above it.
 */
final class ImageFolder implements Iterator<Path> {
  private static final List<String> ENDINGS =
      List.of(".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff");

  private final Deque<Iterator<Path>> open = new ArrayDeque<>();
  private Path next;

  /**
   * @param given images, which need no known ending, and folders
   */
  ImageFolder(List<Path> given) {
    open.push(given.iterator());
    next = find();
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Path next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    Path found = next;
    next = find();
    return found;
  }

  private Path find() {
    while (!open.isEmpty()) {
      Iterator<Path> listing = open.peek();
      if (!listing.hasNext()) {
        open.pop();
        continue;
      }
      Path entry = listing.next();
      boolean given = open.size() == 1;
      if (Files.isDirectory(entry)) {
        if (given || !Files.isSymbolicLink(entry)) { // which might lead back up
          open.push(listing(entry));
        }
      } else if (given || looksLikeImage(entry)) {
        return entry;
      }
    }
    return null;
  }

  /** A folder stands where its contents' paths do: its name ends in a separator. */
  private static Iterator<Path> listing(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted(Comparator.comparing(ImageFolder::sortName)).toList().iterator();
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be listed (" + e.getMessage() + ")", e);
    }
  }

  private static String sortName(Path entry) {
    return entry.getFileName() + (Files.isDirectory(entry) ? "/" : "");
  }

  private static boolean looksLikeImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return Files.isRegularFile(file)
        && !name.startsWith(".")
        && ENDINGS.stream().anyMatch(name::endsWith);
  }
}
