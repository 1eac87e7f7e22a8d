package io.github.dyad.experiment;

import io.github.dyad.anomaly.Discrepancy;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The vectors of a row's images, {@code features/TRIAL/ROW.safetensors}: {@code encoder} and {@code
 * decoder} in the order of the row's scores, a {@link Discrepancy}'s vectors each, the input of a
 * t-SNE; and {@code variance} (h·w), over the images, of the teacher's patch features, mean over D.
 */
final class FeatureVectors {
  private final List<float[]> encoder = new ArrayList<>();
  private final List<float[]> decoder = new ArrayList<>();
  private int patches;
  private double[] sum;
  private double[] squares;

  void add(Discrepancy image) {
    if (image.encoder() != null) {
      encoder.add(image.encoder());
    }
    if (image.decoder() != null) {
      decoder.add(image.decoder());
      patches = image.patches();
      accumulate(image.teacherPatches());
    }
  }

  private void accumulate(float[] values) {
    if (sum == null) {
      sum = new double[values.length];
      squares = new double[values.length];
    }
    for (int i = 0; i < values.length; i++) {
      sum[i] += values[i];
      squares[i] += (double) values[i] * values[i];
    }
  }

  void write(Path file) throws IOException {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    if (!encoder.isEmpty()) {
      tensors.put("encoder", matrix(encoder));
    }
    if (!decoder.isEmpty()) {
      tensors.put("decoder", matrix(decoder));
      tensors.put("variance", variance());
    }
    Files.createDirectories(file.getParent());
    new Safetensors(tensors, Map.of()).write(file);
  }

  private static HostTensor matrix(List<float[]> rows) {
    int width = rows.get(0).length;
    float[] values = new float[Math.multiplyExact(rows.size(), width)];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, values, i * width, width);
    }
    return new HostTensor(values, rows.size(), width);
  }

  private HostTensor variance() {
    int images = decoder.size();
    int width = sum.length / patches;
    float[] variance = new float[patches];
    for (int patch = 0; patch < variance.length; patch++) {
      double total = 0;
      for (int i = patch * width; i < (patch + 1) * width; i++) {
        double mean = sum[i] / images;
        total += Math.max(0, squares[i] / images - mean * mean);
      }
      variance[patch] = (float) (total / width);
    }
    return new HostTensor(variance, variance.length);
  }
}
