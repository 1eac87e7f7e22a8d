package io.github.dyad.report;

import io.github.dyad.InputException;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Rgb8;
import io.github.dyad.data.Sample;
import io.github.dyad.experiment.Inspection;
import io.github.dyad.experiment.Inspection.View;
import io.github.dyad.experiment.ScoredImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Test images with map, mask and score, the most wrong first. */
final class TrialGallery {
  private TrialGallery() {}

  /**
   * A test image and how wrong its score is, {@link Wrongness}.
   *
   * @param encoder s_E by the class tokens that the trial's score takes
   */
  record Entry(String row, Sample sample, ScoredImage scored, double encoder, double wrong) {}

  /** What the page shows of each entry. */
  static List<Map<String, Object>> of(
      List<Entry> entries, Inspection inspection, ImageSize size, int mapSize) {
    List<View> views = inspection.views(entries.stream().map(Entry::sample).toList());
    HeatMap heat = new HeatMap(mapSize, size, inspection.mapScale());
    List<Map<String, Object>> shown = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      shown.add(picture(entries.get(i), views.get(i), heat));
    }
    return shown;
  }

  private static Map<String, Object> picture(Entry entry, View view, HeatMap heat) {
    Sample sample = entry.sample();
    Rgb8 small = Pictures.small(sample.image());
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("path", sample.path());
    shown.put("row", entry.row());
    shown.put("category", sample.category());
    shown.put("defect", sample.defect());
    shown.put("anomalous", sample.anomalous());
    shown.put("score", Numbers.of(entry.scored().score()));
    shown.put("encoder", Numbers.of(entry.encoder()));
    shown.put("decoder", Numbers.of(entry.scored().decoder()));
    shown.put("wrong", Numbers.of(entry.wrong()));
    shown.put("image", Pictures.dataUrl(Pictures.picture(small)));
    if (view.map() != null) {
      shown.put("map", Pictures.dataUrl(heat.over(small, view.map())));
    }
    if (!sample.masks().isEmpty()) {
      try {
        shown.put("mask", Pictures.dataUrl(Pictures.masks(sample.masks())));
      } catch (InputException e) {
        shown.put("maskMissing", e.getMessage());
      }
    }
    return shown;
  }
}
