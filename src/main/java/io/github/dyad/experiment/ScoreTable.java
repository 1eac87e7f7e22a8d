package io.github.dyad.experiment;

import io.github.dyad.anomaly.ImageScore;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Every test image's scores, as {@code scores/TRIAL/ROW.csv} holds them. */
final class ScoreTable {
  private static final List<String> HEADER =
      List.of(
          "path",
          "label",
          "category",
          "score_encoder_last",
          "score_encoder_all",
          "score_decoder",
          "score");

  private final CsvTable table = new CsvTable(HEADER);
  private final double[] ranks;
  private final boolean[] labels;

  private ScoreTable(int images) {
    ranks = new double[images];
    labels = new boolean[images];
  }

  /**
   * @param images in order
   * @param raw one for each image
   */
  static ScoreTable of(
      List<Sample> images, List<RawScores> raw, Function<RawScores, ImageScore> fusion) {
    if (raw.size() != images.size()) {
      throw new IllegalStateException(
          "the engine scored " + raw.size() + " images; expected " + images.size());
    }
    ScoreTable scores = new ScoreTable(images.size());
    for (int i = 0; i < images.size(); i++) {
      scores.add(i, images.get(i), raw.get(i), fusion.apply(raw.get(i)));
    }
    return scores;
  }

  private void add(int index, Sample image, RawScores raw, ImageScore fused) {
    if (Double.isNaN(fused.score()) || Double.isNaN(fused.rank())) {
      throw new StepFailure(
          "scoring", "", new TrainingException("the score of " + image.path() + " is NaN"));
    }
    List<Object> row = new ArrayList<>();
    row.add(image.path());
    row.add(image.anomalous() ? 1 : 0);
    row.add(image.category());
    row.add(Curve.number(raw.encoderLast()));
    row.add(Curve.number(raw.encoderAll()));
    row.add(Curve.number(fused.decoder()));
    row.add(Curve.number(fused.score()));
    table.add(row);
    ranks[index] = fused.rank();
    labels[index] = image.anomalous();
  }

  /** (images), {@link ImageScore#rank}. */
  double[] ranks() {
    return ranks;
  }

  /** (images), anomalous or not. */
  boolean[] labels() {
    return labels;
  }

  String text() {
    return table.text();
  }
}
