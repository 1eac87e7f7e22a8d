package io.github.dyad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskReaderTest {
  private static final ImageSize SIZE = new ImageSize(16, 14);

  /** A grey image with one pixel of a value. */
  private record Grey(int width, int height, int x, int y, int value) implements ImageRef {
    @Override
    public String name() {
      return "mask " + this;
    }

    @Override
    public InputStream open() {
      byte[] header = ("P5 " + width + " " + height + " 255\n").getBytes(StandardCharsets.US_ASCII);
      byte[] image = java.util.Arrays.copyOf(header, header.length + width * height);
      image[header.length + y * width + x] = (byte) value;
      return new ByteArrayInputStream(image);
    }
  }

  @Test
  void a_normal_image_has_a_clear_mask_of_the_asked_size() {
    Sample normal = Sample.normal("a", "x", new Grey(20, 10, 0, 0, 9));
    assertEquals(0, marked(MaskReader.load(normal, SIZE, 8, MaskRule.DINOMALY)));
    Mask original = MaskReader.load(normal, SIZE, 8, MaskRule.ORIGINAL);
    assertEquals(20, original.width());
    assertEquals(10, original.height());
    assertEquals(0, marked(original));
  }

  @Test
  void several_masks_are_united() {
    Sample sample = anomalous(new Grey(6, 6, 1, 1, 255), new Grey(6, 6, 4, 2, 254));
    Mask mask = MaskReader.load(sample, SIZE, 8, MaskRule.ORIGINAL);
    assertEquals(2, marked(mask));
    assertTrue(mask.anomalous()[7] && mask.anomalous()[16]);
  }

  @Test
  void masks_of_one_image_must_have_one_size() {
    Sample sample = anomalous(new Grey(6, 6, 1, 1, 255), new Grey(6, 7, 4, 2, 254));
    InputException e =
        assertThrows(
            InputException.class, () -> MaskReader.load(sample, SIZE, 8, MaskRule.ORIGINAL));
    assertTrue(e.getMessage().contains("6 x 7 pixels"), e.getMessage());
  }

  @Test
  void an_anomaly_outside_the_crop_leaves_the_label_and_a_clear_mask() {
    Sample sample = anomalous(new Grey(64, 64, 0, 0, 255));
    assertTrue(sample.anomalous());
    assertEquals(0, marked(MaskReader.load(sample, SIZE, 8, MaskRule.DINOMALY)));
  }

  @Test
  void an_anomalous_image_without_a_mask_is_told() {
    InputException e =
        assertThrows(
            InputException.class, () -> MaskReader.load(anomalous(), SIZE, 8, MaskRule.DINOMALY));
    assertTrue(e.getMessage().contains("pixel metrics need one"), e.getMessage());
  }

  @Test
  void a_larger_mask_marks_no_fewer_pixels() {
    for (int x = 4; x < 60; x++) {
      Mask one =
          MaskReader.load(anomalous(new Grey(64, 64, x, 30, 255)), SIZE, 8, MaskRule.DINOMALY);
      Mask two =
          MaskReader.load(
              anomalous(new Grey(64, 64, x, 30, 255), new Grey(64, 64, 60 - x, 40, 1)),
              SIZE,
              8,
              MaskRule.DINOMALY);
      for (int i = 0; i < 64; i++) {
        assertFalse(one.anomalous()[i] && !two.anomalous()[i], "x " + x);
      }
    }
  }

  private static Sample anomalous(Grey... masks) {
    return new Sample("a", "x", true, "hole", new Grey(6, 6, 0, 0, 1), List.of(masks));
  }

  private static int marked(Mask mask) {
    int count = 0;
    for (boolean pixel : mask.anomalous()) {
      count += pixel ? 1 : 0;
    }
    return count;
  }
}
