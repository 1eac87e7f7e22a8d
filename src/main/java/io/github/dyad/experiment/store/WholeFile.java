package io.github.dyad.experiment.store;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes under a temporary name, syncs, moves, and syncs the folder. The temporary name is always
 * the same, so that a killed writer leaves at most one behind and the next one takes it over; two
 * writers of one file must hold one {@link FileLock}.
 */
public final class WholeFile {
  private WholeFile() {}

  /** Leaves a file alone that already holds these bytes. Makes missing folders. */
  public static void write(Path file, byte[] bytes) {
    try {
      if (Files.isRegularFile(file)
          && Files.size(file) == bytes.length
          && Arrays.equals(Files.readAllBytes(file), bytes)) {
        return;
      }
      Path folder = file.toAbsolutePath().getParent();
      createFolders(folder);
      Path aside = folder.resolve("." + file.getFileName() + ".tmp");
      try (FileChannel channel = FileChannel.open(aside, CREATE, TRUNCATE_EXISTING, WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(aside, file, ATOMIC_MOVE, REPLACE_EXISTING);
      syncFolder(folder);
    } catch (IOException e) {
      throw StoreException.writing(file, e);
    }
  }

  /** {@link #write(Path, byte[])} of UTF-8 text. */
  public static void write(Path file, String text) {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The file's UTF-8 text; empty where there is no such file. */
  public static Optional<String> read(Path file) {
    try {
      return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      throw StoreException.reading(file, e);
    }
  }

  /**
   * Gives a finished folder its final name, after everything in it has reached the disk. What stood
   * at the final name is removed first.
   */
  public static void moveFolder(Path from, Path to) {
    try {
      for (Path file : filesUnder(from)) {
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
          channel.force(true);
        }
      }
      try (Stream<Path> tree = Files.walk(from)) {
        for (Path folder : tree.filter(Files::isDirectory).toList()) {
          syncFolder(folder);
        }
      }
      delete(to);
      createFolders(to.toAbsolutePath().getParent());
      Files.move(from, to, ATOMIC_MOVE);
      syncFolder(to.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw StoreException.writing(to, e);
    }
  }

  /** An empty folder, whatever was there before. */
  public static void emptyFolder(Path folder) {
    try {
      delete(folder);
      createFolders(folder.toAbsolutePath());
    } catch (IOException e) {
      throw StoreException.writing(folder, e);
    }
  }

  /** Makes the folder and those above it, where they are missing. */
  public static void folder(Path folder) {
    try {
      createFolders(folder.toAbsolutePath());
    } catch (IOException e) {
      throw StoreException.writing(folder, e);
    }
  }

  /** Removes a folder with all that is in it, if it is there. */
  public static void deleteFolder(Path folder) {
    try {
      delete(folder);
    } catch (IOException e) {
      throw StoreException.writing(folder, e);
    }
  }

  /** Regular files under a folder, sorted by path; empty where there is no such folder. */
  public static List<Path> files(Path folder) {
    try {
      return Files.isDirectory(folder) ? filesUnder(folder) : List.of();
    } catch (IOException e) {
      throw StoreException.reading(folder, e);
    }
  }

  private static List<Path> filesUnder(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void createFolders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) { // createDirectories refuses a link to a folder
      Files.createDirectories(folder);
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  /**
   * A move is on the disk when its folder is; Windows cannot open folders and needs no such call.
   */
  private static void syncFolder(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
