package io.github.dyad.experiment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.dyad.anomaly.Discrepancy;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeatureVectorsTest {
  @TempDir Path folder;

  @Test
  void rows_are_in_order_and_variance_is_over_images() throws IOException {
    FeatureVectors vectors = new FeatureVectors();
    vectors.add(
        new Discrepancy(new float[] {1, 2}, new float[] {3, 4}, new float[] {0, 0, 5, 7}, 1, 2));
    vectors.add(
        new Discrepancy(new float[] {5, 6}, new float[] {7, 8}, new float[] {2, 4, 5, 7}, 1, 2));
    Path file = folder.resolve("a/b.safetensors");
    vectors.write(file);
    Map<String, HostTensor> tensors = Safetensors.read(file).tensors();
    assertArrayEquals(new float[] {1, 2, 5, 6}, tensors.get("encoder").values());
    assertArrayEquals(new long[] {2, 2}, tensors.get("decoder").shape());
    // first patch: variances 1 and 4 of its two features; second: 0
    assertArrayEquals(new float[] {2.5f, 0}, tensors.get("variance").values(), 1e-6f);
  }

  @Test
  void a_student_that_was_not_trained_has_no_tensor() throws IOException {
    FeatureVectors vectors = new FeatureVectors();
    vectors.add(new Discrepancy(new float[] {1}, null, null, 1, 2));
    Path file = folder.resolve("c.safetensors");
    vectors.write(file);
    Map<String, HostTensor> tensors = Safetensors.read(file).tensors();
    assertEquals(1, tensors.size());
    assertFalse(tensors.containsKey("variance"));
  }
}
