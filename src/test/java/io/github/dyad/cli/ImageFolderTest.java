package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageFolderTest {
  @TempDir private Path folder;

  @Test
  void images_come_in_the_order_of_their_paths_whatever_the_tree() throws IOException {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      Path root = folder.resolve("tree" + seed);
      for (int i = 0; i < 40; i++) {
        Path file = root;
        for (int depth = random.nextInt(3); depth > 0; depth--) {
          file = file.resolve("" + "ab-.Z".charAt(random.nextInt(5)) + random.nextInt(2));
        }
        Files.createDirectories(file);
        String ending = List.of(".png", ".JPG", ".txt").get(random.nextInt(3));
        Files.writeString(file.resolve("ab-Z".charAt(random.nextInt(4)) + "1" + ending), "");
      }
      List<Path> expected;
      try (Stream<Path> walk = Files.walk(root)) {
        expected =
            walk.filter(Files::isRegularFile)
                .filter(file -> !file.toString().endsWith(".txt"))
                .sorted()
                .toList();
      }
      List<Path> found = new ArrayList<>();
      new ImageFolder(List.of(root)).forEachRemaining(found::add);
      assertEquals(expected, found, "seed " + seed);
    }
  }

  @Test
  void what_is_given_itself_needs_no_known_ending() throws IOException {
    Path image = Files.writeString(folder.resolve("x.pgm"), "");
    List<Path> found = new ArrayList<>();
    new ImageFolder(List.of(image, folder)).forEachRemaining(found::add);
    assertEquals(List.of(image), found);
  }
}
