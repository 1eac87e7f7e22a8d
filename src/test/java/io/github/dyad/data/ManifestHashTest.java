package io.github.dyad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestHashTest {
  @TempDir Path folder;

  @Test
  void a_byte_changed_in_place_is_noticed() throws IOException {
    Path file = Files.write(folder.resolve("a.png"), new byte[100_000]);
    String before = hash(file);
    assertEquals(before, hash(file));
    byte[] changed = new byte[100_000];
    changed[50_000] = 1;
    Files.write(file, changed);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    assertNotEquals(before, hash(file));
  }

  @Test
  void file_times_and_folders_above_do_not_count() throws IOException {
    Path file = Files.write(folder.resolve("a.png"), new byte[10]);
    Path copy = Files.write(Files.createDirectory(folder.resolve("b")).resolve("c"), new byte[10]);
    Files.setLastModifiedTime(copy, FileTime.fromMillis(5));
    assertEquals(hash(file), hash(copy));
  }

  @Test
  void a_file_that_is_gone_is_named() {
    InputException e = assertThrows(InputException.class, () -> hash(folder.resolve("gone.png")));
    assertTrue(e.getMessage().contains("gone.png"), e.getMessage());
  }

  private static String hash(Path file) {
    Sample sample = Sample.normal("train/a.png", "x", ImageRef.file(file));
    return ManifestHash.of("set", List.of(sample), List.of());
  }
}
