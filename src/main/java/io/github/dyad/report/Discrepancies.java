package io.github.dyad.report;

import io.github.dyad.data.Sample;
import io.github.dyad.experiment.Inspection.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The same test images at the first and at the last step of their training.
 *
 * @param first a view for each image, by the students as they started
 * @param last by the trained students
 */
record Discrepancies(List<Sample> images, List<View> first, List<View> last) {
  private static final double PERPLEXITY = 30;

  /** t-SNE of fewer points shows nothing. */
  private static final int FEWEST_POINTS = 12;

  private static final int FEWEST_FOR_VARIANCE = 3;

  /** Histograms and embeddings by student, for the page. */
  Map<String, Object> shown() {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("count", images.size());
    shown.put("anomalous", images.stream().map(image -> image.anomalous() ? 1 : 0).toList());
    shown.put("paths", images.stream().map(Sample::path).toList());
    student(shown, "encoder", view -> view.raw().encoderLast(), v -> v.discrepancy().encoder());
    student(shown, "encoderAll", view -> view.raw().encoderAll(), v -> null);
    student(shown, "decoder", view -> view.raw().decoderTop(), v -> v.discrepancy().decoder());
    student(shown, "method", view -> view.raw().method(), v -> v.discrepancy().decoder());
    return shown;
  }

  private void student(
      Map<String, Object> shown,
      String name,
      ToDoubleFunction<View> score,
      Function<View, float[]> vector) { // null: no embedding of its own
    if (images.isEmpty() || Double.isNaN(score.applyAsDouble(last.get(0)))) {
      return;
    }
    Map<String, Object> student = new LinkedHashMap<>();
    student.put("histograms", List.of(histogram(first, score), histogram(last, score)));
    if (images.size() >= FEWEST_POINTS && vector.apply(last.get(0)) != null) {
      student.put("embeddings", List.of(embedding(first, vector), embedding(last, vector)));
    }
    shown.put(name, student);
  }

  private Map<String, Object> histogram(List<View> views, ToDoubleFunction<View> score) {
    boolean[] anomalous = new boolean[images.size()];
    for (int i = 0; i < anomalous.length; i++) {
      anomalous[i] = images.get(i).anomalous();
    }
    Histogram histogram = Histogram.of(views.stream().mapToDouble(score).toArray(), anomalous);
    return Map.of(
        "from", Numbers.of(histogram.from()),
        "width", Numbers.of(histogram.width()),
        "normal", Numbers.of(histogram.normal()),
        "anomalous", Numbers.of(histogram.anomalous()));
  }

  private static List<List<Double>> embedding(List<View> views, Function<View, float[]> vector) {
    return Numbers.of(TSne.embed(views.stream().map(vector).toArray(float[][]::new), PERPLEXITY));
  }

  /** One map for each category with enough normal images and the paper's decoder student. */
  List<Map<String, Object>> featureVariance(String dataset) {
    Map<String, List<float[]>> byCategory = new LinkedHashMap<>();
    for (int i = 0; i < images.size(); i++) {
      float[] patches = last.get(i).discrepancy().teacherPatches();
      boolean paper = Double.isNaN(last.get(i).raw().method());
      if (patches != null && paper && !images.get(i).anomalous()) {
        byCategory.computeIfAbsent(images.get(i).category(), key -> new ArrayList<>()).add(patches);
      }
    }
    List<Map<String, Object>> maps = new ArrayList<>();
    byCategory.forEach(
        (category, patches) -> {
          if (patches.size() >= FEWEST_FOR_VARIANCE) {
            maps.add(varianceMap(dataset, category, patches));
          }
        });
    return maps;
  }

  private Map<String, Object> varianceMap(String dataset, String category, List<float[]> patches) {
    int cells = last.get(0).discrepancy().patches();
    double[] map = FeatureVariance.of(patches, cells);
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (double value : map) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return Map.of(
        "dataset", dataset,
        "category", category,
        "images", patches.size(),
        "least", Numbers.of(least),
        "most", Numbers.of(most),
        "picture", Pictures.dataUrl(Pictures.coloured(map, last.get(0).discrepancy().gridWidth())));
  }
}
