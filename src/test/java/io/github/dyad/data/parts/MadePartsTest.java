package io.github.dyad.data.parts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MadePartsTest {
  private static final MadeParts.Amount FEW = new MadeParts.Amount(2, 2, 5);

  @TempDir Path root;

  /**
   * The hash of names and bytes as Temurin 25 and OpenJDK 17 both draw them. It changes with the
   * pictures, and then {@link MadeParts#VERSION} must too.
   */
  @Test
  void the_same_seed_draws_the_same_bytes_on_every_jvm() throws Exception {
    MadeParts.generate(root, 0, FEW);
    assertEquals(3, MadeParts.VERSION);
    assertEquals("9c03144780cf517e0f8b423ea770919ef764df07cdeb189f3fdace750c6e13e7", hash(root));
  }

  @Test
  void another_seed_draws_other_images() throws Exception {
    MadeParts.generate(root.resolve("a"), 1, FEW);
    MadeParts.generate(root.resolve("b"), 2, FEW);
    assertNotEquals(hash(root.resolve("a")), hash(root.resolve("b")));
  }

  @Test
  void an_image_does_not_depend_on_how_many_are_drawn() throws IOException {
    MadeParts.generate(root.resolve("few"), 0, FEW);
    MadeParts.generate(root.resolve("more"), 0, new MadeParts.Amount(1, 1, 4));
    String image = "bracket/test/misplaced/002.png";
    assertArrayEquals(
        Files.readAllBytes(root.resolve("few").resolve(image)),
        Files.readAllBytes(root.resolve("more").resolve(image)));
  }

  @Test
  void files_are_as_many_as_the_amount_says() throws IOException {
    MadeParts.generate(root, 0, FEW);
    assertEquals(FEW.files(), files(root).size());
  }

  @Test
  void every_defect_is_marked_and_no_mask_covers_a_quarter_of_the_image() throws IOException {
    MadeParts.generate(root, 3, FEW);
    for (Path file : files(root)) {
      if (file.toString().contains("ground_truth")) {
        var mask = ImageIO.read(file.toFile()).getRaster();
        int marked = 0;
        for (int i = 0; i < 96 * 96; i++) {
          marked += mask.getSample(i % 96, i / 96, 0) / 255;
        }
        int area = marked;
        assertTrue(area >= 4 && area < 96 * 24, () -> file + ": " + area + " pixels");
      }
    }
  }

  /** Drawn with the same random numbers, the defect is where the mask is, and nowhere else. */
  @Test
  void a_defect_changes_the_image_inside_its_mask() {
    for (int seed = 0; seed < 5; seed++) {
      Surface sound = Bracket.sound(new Random64(seed));
      Random64 random = new Random64(seed);
      Surface stained = Stain.random(Bracket.sound(random), new Place(20, 5), 0.6, random);
      boolean changed = false;
      for (double y = -48; y < 48; y++) {
        for (double x = -48; x < 48; x++) {
          boolean same = sound.colour(x, y).equals(stained.colour(x, y));
          changed |= !same && stained.defective(x, y);
          assertTrue(same || stained.solid(x, y), "stained beside the part, seed " + seed);
          assertTrue(!same || !stained.defective(x, y), "marked but unchanged, seed " + seed);
        }
      }
      assertTrue(changed, "seed " + seed);
    }
  }

  @Test
  void a_plain_png_of_several_blocks_is_read_by_the_jdk() throws IOException {
    byte[] pixels = new byte[300 * 200 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 31);
    }
    byte[] png = PlainPng.bytes(300, 200, 3, pixels);
    var raster = ImageIO.read(new ByteArrayInputStream(png)).getRaster();
    for (int i = 0; i < pixels.length; i++) {
      assertEquals(pixels[i] & 0xFF, raster.getSample(i / 3 % 300, i / 900, i % 3));
    }
  }

  /** First outputs of SplitMix64 from seed 1234567, as published with xoshiro's reference code. */
  @Test
  void random_numbers_are_those_of_splitmix64() {
    Random64 random = new Random64(1234567);
    assertEquals(6457827717110365317L, random.nextLong());
    assertEquals(3203168211198807973L, random.nextLong());
    assertEquals(-8629252141511181193L, random.nextLong());
  }

  @Test
  void noise_is_bounded_and_has_no_jumps() {
    Noise noise = new Noise(5, 7, 3);
    for (double x = -40; x < 40; x += 0.25) {
      double here = noise.at(x, 2);
      assertTrue(here >= -1 && here <= 1);
      assertEquals(here, noise.at(x + 0.01, 2), 0.02);
    }
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static String hash(Path root) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (Path file : files(root)) {
      String name = root.relativize(file).toString().replace('\\', '/');
      digest.update(name.getBytes(StandardCharsets.UTF_8));
      digest.update(Files.readAllBytes(file));
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
