package io.github.dyad.data;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken and lying image files end in one line that names the file. */
class HostileImageTest {
  private static final Path DECODE = Path.of("src/test/resources/goldens/data/images/decode");

  private record Bytes(String name, byte[] data) implements ImageRef {
    @Override
    public InputStream open() {
      return new ByteArrayInputStream(data);
    }
  }

  @Test
  void an_empty_file_is_refused() {
    refused(new byte[0], "the file is empty");
  }

  @Test
  void a_file_that_is_no_image_is_refused() {
    refused("<html>not found</html>".getBytes(), "not a PNG, JPEG, TIFF, BMP, GIF or PGM/PPM");
  }

  @Test
  void a_missing_file_is_named() {
    InputException e =
        assertThrows(
            InputException.class, () -> ImageReader.decode(ImageRef.file(Path.of("gone.png"))));
    assertTrue(e.getMessage().startsWith("gone.png: ") && e.getMessage().contains("no such file"));
  }

  @Test
  void a_folder_is_no_image(@TempDir Path folder) {
    assertThrows(InputException.class, () -> ImageReader.decode(ImageRef.file(folder)));
  }

  @Test
  void every_format_cut_in_half_is_refused() throws IOException {
    for (String name :
        List.of("rgb.png", "420.jpg", "progressive.jpg", "raw.tif", "lzw.tif", "rgb.bmp")) {
      byte[] whole = Files.readAllBytes(DECODE.resolve(name));
      refused(Arrays.copyOf(whole, whole.length / 2), "");
    }
  }

  @Test
  void a_png_of_65535_squared_is_refused_by_its_header() throws IOException {
    refused(png(65535, 65535, 8, 2), "above the limit of 64000000 pixels");
  }

  @Test
  void a_png_of_the_largest_sides_does_not_overflow_the_check() throws IOException {
    refused(png(-1, -1, 16, 6), "above the limit");
  }

  @Test
  void a_png_of_no_size_is_refused() throws IOException {
    refused(png(0, 10, 8, 2), "0 x 10 pixels");
  }

  @Test
  void a_png_too_large_for_its_bytes_is_refused_before_decoding() throws IOException {
    refused(png(7000, 7000, 8, 2), "too many for a file of");
  }

  @Test
  void a_jpeg_of_65535_squared_is_refused_by_its_header() throws IOException {
    byte[] jpeg = Files.readAllBytes(DECODE.resolve("420.jpg"));
    int frame = find(jpeg, 0xFF, 0xC0);
    Arrays.fill(jpeg, frame + 5, frame + 9, (byte) 0xFF);
    refused(jpeg, "65535 x 65535 pixels");
  }

  @Test
  void a_tiff_of_65535_squared_is_refused_by_its_header() throws IOException {
    byte[] tiff = Files.readAllBytes(DECODE.resolve("lzw.tif"));
    ByteBuffer buffer = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN);
    int directory = buffer.getInt(4);
    for (int i = 0; i < buffer.getShort(directory); i++) {
      int at = directory + 2 + 12 * i;
      if (buffer.getShort(at) == 256 || buffer.getShort(at) == 257) {
        buffer.putShort(at + 2, (short) 4).putInt(at + 8, 65535);
      }
    }
    refused(tiff, "65535 x 65535 pixels");
  }

  @Test
  void a_bmp_of_the_least_height_does_not_overflow() throws IOException {
    byte[] bmp = Files.readAllBytes(DECODE.resolve("rgb.bmp"));
    ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(22, Integer.MIN_VALUE);
    refused(bmp, "above the limit");
  }

  @Test
  void a_jpeg_of_a_thousand_scans_is_refused() throws IOException {
    byte[] jpeg = Files.readAllBytes(DECODE.resolve("progressive.jpg"));
    int scan = find(jpeg, 0xFF, 0xDA);
    byte[] many = Arrays.copyOf(jpeg, scan + 1000 * (jpeg.length - scan));
    for (int i = 0; i < 1000; i++) {
      System.arraycopy(
          jpeg, scan, many, scan + i * (jpeg.length - 2 - scan), jpeg.length - 2 - scan);
    }
    refused(many, "scans");
  }

  /** Truncations, flipped bytes and spliced runs of every format: a picture or one line. */
  @Test
  @Tag("slow")
  void five_hundred_mutations_end_in_a_picture_or_one_line() throws IOException {
    List<Bytes> seeds = seeds();
    long slowest = 0;
    int refused = 0;
    for (int i = 0; i < 500; i++) {
      Bytes mutant = mutate(seeds.get(i % seeds.size()), i);
      long start = System.nanoTime();
      refused += survives(mutant) ? 0 : 1;
      slowest = Math.max(slowest, System.nanoTime() - start);
    }
    assertTrue(slowest < 2_000_000_000L, "slowest took " + slowest / 1_000_000 + " ms");
    assertTrue(refused > 50, "only " + refused + " mutants were refused: the mutator is too mild");
    System.out.printf(
        "images: 500 mutations, %d refused, slowest %d ms%n", refused, slowest / 1_000_000);
  }

  private static boolean survives(Bytes mutant) {
    try {
      ImageReader.decode(mutant);
      return true;
    } catch (InputException e) {
      assertTrue(e.getMessage().startsWith(mutant.name()), e.getMessage());
      assertTrue(e.getMessage().indexOf('\n') < 0, e.getMessage());
      return false;
    } catch (Throwable e) {
      throw new AssertionError(mutant.name() + " left " + e, e);
    }
  }

  private static List<Bytes> seeds() throws IOException {
    List<Bytes> seeds = new ArrayList<>();
    for (Path file : ImageGoldenTest.decodable()) {
      seeds.add(new Bytes(file.getFileName().toString(), Files.readAllBytes(file)));
    }
    return seeds;
  }

  private static Bytes mutate(Bytes seed, int number) {
    SplittableRandom random = new SplittableRandom(number);
    byte[] data = seed.data().clone();
    switch (random.nextInt(4)) {
      case 0 -> data = Arrays.copyOf(data, random.nextInt(data.length));
      case 1 -> {
        for (int i = random.nextInt(1, 9); i > 0; i--) {
          data[random.nextInt(data.length)] = (byte) random.nextInt();
        }
      }
      case 2 -> { // extreme numbers where headers are
        int at = random.nextInt(Math.min(data.length - 4, 200));
        Arrays.fill(data, at, at + random.nextInt(1, 5), (byte) (random.nextBoolean() ? 0xFF : 0));
      }
      default -> {
        int from = random.nextInt(data.length);
        int length = random.nextInt(1, data.length - from + 1);
        System.arraycopy(seed.data(), from, data, random.nextInt(data.length - length + 1), length);
      }
    }
    return new Bytes(seed.name() + " mutant " + number, data);
  }

  private static void refused(byte[] data, String reason) {
    InputException e =
        assertThrows(InputException.class, () -> ImageReader.decode(new Bytes("some/file", data)));
    assertTrue(e.getMessage().startsWith("some/file: "), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  /** A PNG that is all header. */
  private static byte[] png(int width, int height, int depth, int colourType) {
    ByteBuffer out = ByteBuffer.allocate(8 + 25 + 12);
    out.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    ByteBuffer header = ByteBuffer.allocate(17).put(new byte[] {'I', 'H', 'D', 'R'});
    header.putInt(width).putInt(height).put((byte) depth).put((byte) colourType);
    CRC32 crc = new CRC32();
    crc.update(header.array());
    out.putInt(13).put(header.array()).putInt((int) crc.getValue());
    out.putInt(0).put(new byte[] {'I', 'E', 'N', 'D'}).putInt(0xAE426082);
    return out.array();
  }

  private static int find(byte[] data, int first, int second) {
    for (int i = 0; i + 1 < data.length; i++) {
      if ((data[i] & 0xFF) == first && (data[i + 1] & 0xFF) == second) {
        return i;
      }
    }
    throw new AssertionError("no such marker");
  }
}
