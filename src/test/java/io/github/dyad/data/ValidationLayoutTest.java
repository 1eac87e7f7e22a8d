package io.github.dyad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ValidationLayoutTest {
  private static final Path NOWHERE = Path.of("nowhere");
  private static final DatasetLayout FASHION = Datasets.layout("builtin:fashion-mnist-small");
  private static final SplitRequest SPLIT_A =
      SplitRequest.normalClasses(SemanticSplits.of("fashion-mnist", "A")).limited(150, 0, 0);

  private static Splits read(long seed) {
    return new ValidationLayout(FASHION, new ValidationConfig(0.1, 30, seed))
        .read(NOWHERE, SPLIT_A);
  }

  @Test
  void trained_and_validated_images_are_training_images_that_share_none() {
    Splits splits = read(3);
    Set<String> all =
        FASHION.read(NOWHERE, SPLIT_A).train().stream()
            .map(Sample::path)
            .collect(Collectors.toSet());
    Set<String> trained = splits.train().stream().map(Sample::path).collect(Collectors.toSet());
    Set<String> validated =
        splits.test().stream()
            .map(sample -> sample.path().replaceAll("#.*", ""))
            .collect(Collectors.toSet());
    assertEquals(15, validated.size()); // three of each class
    Set<String> union = new HashSet<>(trained);
    union.addAll(validated);
    assertEquals(all, union);
    assertEquals(all.size(), trained.size() + validated.size());
    assertEquals(45, splits.test().size());
    assertEquals(15, splits.test().stream().filter(sample -> !sample.anomalous()).count());
    assertEquals(
        Set.of("good", "cut-paste", "noise"),
        splits.test().stream().map(Sample::defect).collect(Collectors.toSet()));
  }

  @Test
  void its_name_is_all_that_is_needed_to_find_the_images_again() {
    Splits splits = read(-4);
    assertEquals(
        "validation[share=0.1 images=30 seed=-4]:builtin:fashion-mnist-small", splits.dataset());
    Splits again = Datasets.layout(splits.dataset()).read(NOWHERE, SPLIT_A);
    assertEquals(splits.manifestHash(), again.manifestHash());
    assertEquals("builtin:fashion-mnist-small", ValidationLayout.original(splits.dataset()));
    assertEquals("mvtec-ad", ValidationLayout.original("mvtec-ad"));
  }

  @Test
  void the_same_seed_gives_the_same_images_and_another_one_does_not() throws IOException {
    assertEquals(read(3).manifestHash(), read(3).manifestHash());
    assertNotEquals(read(3).manifestHash(), read(4).manifestHash());
    for (Sample sample : read(3).test().subList(0, 6)) {
      assertArrayEquals(bytes(sample.image()), bytes(sample.image()), sample.path());
    }
  }

  @Test
  void a_made_anomaly_differs_visibly_and_only_inside_its_mask() {
    for (long seed = 0; seed < 4; seed++) {
      Splits splits = read(seed);
      for (Sample anomaly : splits.test()) {
        if (!anomaly.anomalous()) {
          continue;
        }
        ImageRef normal = ((MadeAnomaly) anomaly.image()).normal();
        Rgb8 before = ImageReader.decode(normal);
        Rgb8 after = ImageReader.decode(anomaly.image());
        Rgb8 mask = ImageReader.decode(anomaly.masks().get(0));
        long inside = 0;
        long masked = 0;
        for (int i = 0; i < before.pixels().length; i++) {
          int change = Math.abs((before.pixels()[i] & 0xFF) - (after.pixels()[i] & 0xFF));
          if (mask.pixels()[i] == 0) {
            assertEquals(0, change, anomaly.path());
          } else {
            masked++;
            inside += change;
          }
        }
        double share = masked / (double) before.pixels().length;
        assertTrue(share > 0.01 && share < 0.2, anomaly.path() + " covers " + share);
        double mean = inside / (double) masked;
        assertTrue(mean >= 5, anomaly.path() + ", seed " + seed + " changes by " + mean);
      }
    }
  }

  @Test
  void every_category_keeps_images_to_be_trained_on() {
    SplitRequest few =
        new SplitRequest(Setting.MULTI_CLASS, Set.of(), Set.of("1", "3"), 1, 0, 0, 0, 0);
    ValidationLayout layout = new ValidationLayout(FASHION, ValidationConfig.DEFAULTS);
    InputException refused = assertThrows(InputException.class, () -> layout.read(NOWHERE, few));
    assertTrue(refused.getMessage().contains("too few"), refused.getMessage());
  }

  @Test
  void no_test_image_is_opened_and_none_is_known() {
    DatasetLayout guarded = new GuardedLayout();
    ValidationLayout layout = new ValidationLayout(guarded, ValidationConfig.DEFAULTS);
    Splits splits = layout.read(NOWHERE, SplitRequest.all());
    assertEquals(8, splits.train().size());
    assertEquals(6, splits.test().size());
    SplitRequest known = new SplitRequest(Setting.MULTI_CLASS, Set.of(), Set.of(), 0, 0.1, 0, 0, 0);
    assertThrows(InputException.class, () -> layout.read(NOWHERE, known));
  }

  private static byte[] bytes(ImageRef image) throws IOException {
    try (InputStream in = image.open()) {
      return in.readAllBytes();
    }
  }

  /** Ten readable training images; a test image that must not be touched. */
  private static final class GuardedLayout implements DatasetLayout {
    @Override
    public String name() {
      return "guarded";
    }

    @Override
    public DatasetFacts facts() {
      return new DatasetFacts("guarded", Domain.INDUSTRIAL, "", "", "", "");
    }

    @Override
    public Splits read(Path root, SplitRequest request) {
      List<Sample> train =
          java.util.stream.IntStream.range(0, 10)
              .mapToObj(i -> Sample.normal("bottle/train/" + i, "bottle", image(i)))
              .toList();
      Sample test = new Sample("bottle/test/0", "bottle", true, "crack", guard(), List.of());
      return SplitSelection.industrial(name(), request, List.of("bottle"), train, List.of(test));
    }

    @Override
    public Inspection inspect(Path root) {
      throw new UnsupportedOperationException();
    }

    private static ImageRef image(int i) {
      byte[] header = "P5 8 8 255\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      byte[] pgm = java.util.Arrays.copyOf(header, header.length + 64);
      for (int pixel = 0; pixel < 64; pixel++) {
        pgm[header.length + pixel] = (byte) (pixel * 31 * (i + 1));
      }
      return ref("train " + i, () -> new ByteArrayInputStream(pgm));
    }

    private static ImageRef guard() {
      return ref(
          "test",
          () -> {
            throw new AssertionError("a test image is opened");
          });
    }

    private static ImageRef ref(String name, java.util.function.Supplier<InputStream> open) {
      return new ImageRef() {
        @Override
        public String name() {
          return name;
        }

        @Override
        public InputStream open() {
          return open.get();
        }
      };
    }
  }
}
