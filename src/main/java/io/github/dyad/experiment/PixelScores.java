package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.data.LocoDefect;
import io.github.dyad.data.Mask;
import io.github.dyad.data.MaskReader;
import io.github.dyad.data.MaskRule;
import io.github.dyad.data.Sample;
import io.github.dyad.metric.PixelMetrics;
import io.github.dyad.metric.SaturatedRegion;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The pixel metrics of a row, map by map as they are made, in bounded memory (ALGORITHM.md,
 * evaluation). MVTec-LOCO's sPRO is measured at its masks' own resolution, as its authors do.
 */
final class PixelScores {
  /** sPRO's pixels are many; so many of them are exact, in a quarter of the usual memory. */
  private static final int EXACT_SPRO_PIXELS = 1 << 24;

  private final TrialConfig config;
  private final MapOnImage onImage;
  private final PixelMetrics pixels = new PixelMetrics();
  private final PixelMetrics saturated = new PixelMetrics(EXACT_SPRO_PIXELS);

  PixelScores(TrialConfig config) {
    this.config = config;
    this.onImage = new MapOnImage(config.anomaly().mapSize(), config.data().size());
  }

  /** Whether the trial asks for pixel metrics and any of the images has a mask. */
  static boolean wanted(TrialConfig config, List<Sample> images) {
    return config.metrics().pixel()
        && images.stream().anyMatch(image -> image.anomalous() && !image.masks().isEmpty());
  }

  /**
   * @param map (mapSize, mapSize), row by row
   * @throws InputException when the image's mask cannot be read, or is missing
   */
  void add(Sample image, float[] map) {
    int side = config.anomaly().mapSize();
    MaskRule rule = config.data().masks();
    Mask mask = MaskReader.load(image, config.data().size(), side, rule);
    float[] scores = rule == MaskRule.DINOMALY ? map : onImage.of(map, mask.height(), mask.width());
    pixels.add(scores, mask.anomalous(), mask.width());
    if (config.data().dataset().equals(RowMetrics.LOCO)) {
      addSaturated(image, map);
    }
  }

  private void addSaturated(Sample image, float[] map) {
    Mask mask = MaskReader.load(image, config.data().size(), 1, MaskRule.ORIGINAL);
    List<SaturatedRegion> regions =
        LocoDefect.of(image).stream()
            .map(
                defect ->
                    SaturatedRegion.of(
                        defect.mask().anomalous(), defect.saturation(), defect.relative()))
            .toList();
    saturated.add(onImage.of(map, mask.height(), mask.width()), regions);
  }

  /** What was measured; nothing where the masks that the crop left have no anomalous pixel. */
  Map<ResultColumn, Double> values() {
    Map<ResultColumn, Double> values = new EnumMap<>(ResultColumn.class);
    if (pixels.isDefined()) {
      PixelMetrics.Values measured = pixels.values(config.metrics().fprLimit());
      values.put(ResultColumn.PIXEL_AUROC, measured.auroc());
      values.put(ResultColumn.PIXEL_AP, measured.averagePrecision());
      values.put(ResultColumn.PIXEL_F1_MAX, measured.f1Max());
      values.put(ResultColumn.AUPRO, measured.aupro());
      measured.auproDinomaly().ifPresent(value -> values.put(ResultColumn.AUPRO_DINOMALY, value));
      values.put(ResultColumn.MIOU_MAX, measured.iouMax());
      values.put(ResultColumn.PIXEL_ERROR_BOUND, measured.errorBound());
    }
    if (saturated.isDefined()) {
      PixelMetrics.Values measured = saturated.values(config.metrics().sproFprLimit());
      values.put(ResultColumn.SPRO, measured.aupro());
      values.merge(ResultColumn.PIXEL_ERROR_BOUND, measured.errorBound(), Math::max);
    }
    return values;
  }
}
