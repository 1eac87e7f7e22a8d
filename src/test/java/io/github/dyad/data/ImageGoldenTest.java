package io.github.dyad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Held against Pillow 9.4 and PyTorch 1.13, all bit by bit: src/test/recipes/data_images.py. */
class ImageGoldenTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/data/images");

  static List<Path> decodable() throws IOException {
    try (Stream<Path> files = Files.list(GOLDENS.resolve("decode"))) {
      return files.filter(file -> !file.toString().endsWith(".rgb")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("decodable")
  void pixels_are_those_of_pillow(Path file) throws IOException {
    Rgb8 image = ImageReader.decode(ImageRef.file(file));
    byte[] expected = Files.readAllBytes(Path.of(file + ".rgb"));
    assertEquals(29, image.width());
    assertEquals(23, image.height());
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != image.pixels()[i]) {
        assertEquals(
            expected[i] & 0xFF,
            image.pixels()[i] & 0xFF,
            file + ": row " + i / 87 + ", column " + i % 87 / 3 + ", band " + i % 3);
      }
    }
  }

  static List<String> resizes() throws IOException {
    return Files.readAllLines(GOLDENS.resolve("resize/cases.csv"));
  }

  @ParameterizedTest
  @MethodSource("resizes")
  void a_resized_image_is_that_of_pillow(String golden) throws Exception {
    List<String> fields = List.of(golden.split(","));
    Rgb8 source = ImageReader.decode(golden("resize/" + fields.get(0) + ".png"));
    byte[] resized =
        Resampler.resize(
            source.pixels(),
            source.width(),
            source.height(),
            3,
            Integer.parseInt(fields.get(1)),
            Integer.parseInt(fields.get(2)));
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(resized);
    assertEquals(fields.get(3), HexFormat.of().formatHex(hash), golden);
  }

  @Test
  void a_resized_image_is_that_of_pillow_pixel_by_pixel() {
    Rgb8 image = ImageReader.resized8(golden("resize/scene.png"), ImageSize.whole(33));
    assertArrayEquals(
        ImageReader.decode(golden("resize/scene.33x33.png")).pixels(), image.pixels());
  }

  @Test
  void a_crop_with_an_odd_margin_is_that_of_torchvision() {
    Rgb8 image = ImageReader.resized8(golden("resize/scene.png"), new ImageSize(39, 32));
    assertArrayEquals(
        ImageReader.decode(golden("resize/scene.39.crop32.png")).pixels(), image.pixels());
  }

  @Test
  void a_grey_image_is_resized_as_its_rgb_is() {
    Raster8 grey = ImageReader.raster(golden("resize/grey.png"), ImageDecoder.IMAGE);
    assertEquals(1, grey.bands());
    ImageSize size = new ImageSize(50, 41);
    Rgb8 rgb = grey.toRgb();
    Raster8 viaRgb =
        ImageReader.resized8(new Raster8(rgb.width(), rgb.height(), 3, rgb.pixels()), size);
    assertArrayEquals(viaRgb.samples(), ImageReader.resized8(grey, size).toRgb().pixels());
  }

  @Test
  void normalised_values_are_those_of_torchvision() throws IOException {
    byte[] ramp = new byte[3 * 256];
    for (int value = 0; value < 256; value++) {
      ramp[3 * value] = (byte) value;
      ramp[3 * value + 1] = (byte) value;
      ramp[3 * value + 2] = (byte) value;
    }
    float[] expected = new float[3 * 256];
    ByteBuffer.wrap(Files.readAllBytes(GOLDENS.resolve("normalise.f32")))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(expected);
    assertArrayEquals(expected, ImageReader.normalise(new Rgb8(256, 1, ramp)), 0f);
  }

  @Test
  void an_image_loads_as_planes_of_the_crop() {
    float[] planes = ImageReader.load(golden("resize/scene.png"), ImageSize.industrial());
    assertEquals(3 * 392 * 392, planes.length);
    for (float value : planes) {
      assertTrue(value >= -2.2f && value <= 2.7f);
    }
  }

  @ParameterizedTest
  @MethodSource("maskFiles")
  void a_mask_is_resized_cropped_and_sampled_as_dinomaly_does(String file) {
    Sample sample = sample(true, "masks/" + file);
    Mask mask = MaskReader.load(sample, ImageSize.industrial(), 256, MaskRule.DINOMALY);
    Mask expected = MaskReader.original(golden("masks/blob.256.png"));
    assertEquals(256, mask.width());
    assertArrayEquals(expected.anomalous(), mask.anomalous());
  }

  static List<String> maskFiles() {
    return List.of("blob.png", "numbered.png", "deep.png");
  }

  private static Sample sample(boolean anomalous, String... masks) {
    return new Sample(
        "test/x/0.png",
        "x",
        anomalous,
        "scratch",
        golden("resize/scene.png"),
        Stream.of(masks).map(ImageGoldenTest::golden).toList());
  }

  private static ImageRef golden(String name) {
    Path file = GOLDENS.resolve(name);
    if (!Files.exists(file)) {
      throw new UncheckedIOException(new IOException(file + " is missing"));
    }
    return ImageRef.file(file);
  }
}
