package io.github.dyad.distillation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kept features are whole, and a killed writer's records are not computed again. */
final class FeatureFileTest {
  private static final ImageFeatures.Shape SHAPE = new ImageFeatures.Shape(4, 2, 6, 5);
  private static final int COUNT = 10;

  @TempDir private Path folder;

  @Test
  void a_writer_goes_on_behind_the_last_whole_record() throws IOException {
    Path whole = folder.resolve("whole.bin");
    write(whole, COUNT);
    byte[] expected = Files.readAllBytes(whole);
    int record = (expected.length - 64) / COUNT;
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      Path file = folder.resolve(seed + ".bin");
      write(file, 7);
      Path part = folder.resolve(seed + ".bin.part");
      assertNull(FeatureFile.open(file, SHAPE, true, COUNT), "an unfinished file has no name");
      long length = Files.size(part);
      long cut = (long) (random.nextDouble() * length);
      try (RandomAccessFile data = new RandomAccessFile(part.toFile(), "rw")) {
        data.setLength(cut);
        if (random.nextBoolean()) {
          data.setLength(length); // zeros, as a power cut may leave them
        }
      }
      int found = write(file, COUNT);
      assertEquals(Math.max(0, (cut - 64) / record), found, "seed " + seed + ", cut at " + cut);
      assertArrayEquals(expected, Files.readAllBytes(file), "seed " + seed);
    }
  }

  @Test
  void a_flipped_bit_in_a_finished_file_is_told() throws IOException {
    Path file = folder.resolve("a.bin");
    write(file, COUNT);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    FeatureFile features = FeatureFile.open(file, SHAPE, true, COUNT);
    ImageFeatures target = SHAPE.allocate();
    InputException e =
        assertThrows(
            InputException.class,
            () -> {
              for (int i = 0; i < COUNT; i++) {
                features.read(i, target);
              }
            });
    assertTrue(e.getMessage().startsWith(file + ": kept features are damaged"), e.getMessage());
  }

  /** Writes up to {@code upTo} records and finishes when these are all; says how many it found. */
  private static int write(Path file, int upTo) throws IOException {
    try (FeatureFile.Writer writer = new FeatureFile.Writer(file, SHAPE, true, COUNT)) {
      int found = writer.written();
      while (writer.written() < upTo) {
        ImageFeatures features = SHAPE.allocate();
        Random random = new Random(writer.written());
        random.nextBytes(features.pixels());
        for (float[] array : features.arrays()) {
          for (int i = 0; i < array.length; i++) {
            array[i] = random.nextFloat();
          }
        }
        writer.append(features);
      }
      if (upTo == COUNT) {
        writer.finish();
      }
      return found;
    }
  }
}
