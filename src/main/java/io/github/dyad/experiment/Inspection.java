package io.github.dyad.experiment;

import io.github.dyad.anomaly.Discrepancy;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.Sample;
import java.util.List;

/** A model that scores images again and shows what the scores are made of. */
public final class Inspection implements AutoCloseable {
  /**
   * One image.
   *
   * @param map (mapSize, mapSize), or null without decoder student
   */
  public record View(RawScores raw, float[] map, Discrepancy discrepancy) {}

  private final ParallelScorer scorer;
  private final double mapScale;

  Inspection(ParallelScorer scorer, double mapScale) {
    this.scorer = scorer;
    this.mapScale = mapScale;
  }

  /** One view an image, in order; the same bits in whatever company. */
  public List<View> views(List<Sample> images) {
    return scorer.views(images);
  }

  /** Map value of the hottest colour, the same for all images of a model. */
  public double mapScale() {
    return mapScale;
  }

  @Override
  public void close() {
    scorer.close();
  }
}
