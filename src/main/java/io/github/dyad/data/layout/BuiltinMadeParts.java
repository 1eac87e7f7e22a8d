package io.github.dyad.data.layout;

import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.Domain;
import io.github.dyad.data.parts.MadeParts;
import io.github.dyad.data.parts.MadeParts.Amount;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Made parts, drawn by Dyad into a folder under the root the first time they are read. The root is
 * any folder that may be written; drawn files are used again, and drawn anew when some are missing.
 */
public final class BuiltinMadeParts extends ScannedLayout {
  private static final long SEED = 0;
  private static final String FOLDER = "made-parts-" + MadeParts.VERSION;

  private final Amount amount;

  public BuiltinMadeParts() {
    this(Amount.STANDARD);
  }

  BuiltinMadeParts(Amount amount) {
    super(
        "builtin:made-parts",
        new DatasetFacts(
            "made parts",
            Domain.INDUSTRIAL,
            "drawn by Dyad",
            "Apache-2.0",
            "400 images in 2 categories, 12 MB",
            "drawn into " + FOLDER + " under the root, in MVTec-AD's layout"));
    this.amount = amount;
  }

  @Override
  boolean rootIsThere(Path root, Scan scan) {
    return true; // it is made
  }

  @Override
  void scan(Path root, Scan scan) throws IOException {
    Path folder = root.resolve(FOLDER);
    if (!isWhole(folder)) {
      draw(root, folder);
    }
    IndustrialFolders.MVTEC.scan(folder, scan);
  }

  private boolean isWhole(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).count() == amount.files();
    }
  }

  /** Draws aside and moves: another process sees all of it or nothing. */
  private void draw(Path root, Path folder) throws IOException {
    Files.createDirectories(root);
    Path aside = Files.createTempDirectory(root, FOLDER + ".part");
    try {
      MadeParts.generate(aside, SEED, amount);
      sync(aside); // after a power cut only their number is looked at
      if (!isWhole(folder)) {
        delete(folder);
        Files.move(aside, folder, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      if (!isWhole(folder)) { // else another process was quicker
        throw e;
      }
    } finally {
      delete(aside);
    }
  }

  private static void sync(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        for (Path file : deepestFirst) {
          Files.delete(file);
        }
      }
    }
  }
}
