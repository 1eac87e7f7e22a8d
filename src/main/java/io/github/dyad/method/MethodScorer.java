package io.github.dyad.method;

import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyMap;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.ImageScorer;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.distillation.FeatureExtractor;
import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.TappedLayers;
import io.github.dyad.teacher.Teacher;

/** The teacher and a fitted method as one: from an image to its score and map. */
public final class MethodScorer implements ImageScorer {
  private final FeatureExtractor extractor;
  private final ImageFeatures features;
  private final FittedMethod method;
  private final AnomalyMap maps;

  /**
   * @param method what the model opens; scorers of several threads share it
   * @param config of these only the map's options matter
   * @param workers that share the work on one image; scores do not depend on their number
   */
  public MethodScorer(
      Teacher teacher,
      MethodModel.Description description,
      FittedMethod method,
      AnomalyConfig config,
      Workers workers) {
    int side = description.crop();
    this.extractor =
        FeatureExtractor.ofOneImage(
            teacher,
            description.position(),
            tapped(description, teacher),
            side,
            description.halfFeatures(),
            description.lowering(),
            workers);
    this.features = extractor.shape().allocate();
    this.method = method;
    FeatureShape shape = shape(description, teacher);
    this.maps =
        new AnomalyMap(config, shape.tokens().gridHeight(), shape.tokens().gridWidth(), side, side);
  }

  /** Sizes of the features that a model's method is given. */
  public static FeatureShape shape(MethodModel.Description description, Teacher teacher) {
    return new FeatureShape(
        teacher.transformer().classTokens(),
        teacher.grid(description.crop(), description.crop()),
        teacher.weights().width());
  }

  private static TappedLayers tapped(MethodModel.Description description, Teacher teacher) {
    DecoderStudentConfig defaults = DecoderStudentConfig.DEFAULTS;
    return TappedLayers.of(
        new DecoderStudentConfig(
            defaults.depth(),
            defaults.dropout(),
            description.tappedLayers(),
            defaults.initStd(),
            defaults.initBound()),
        teacher.weights().depth());
  }

  @Override
  public AnomalyScorer.Result score(float[] image) {
    extractor.extract(0, image, features);
    FittedMethod.Verdict verdict = method.judge(features);
    return new AnomalyScorer.Result(
        RawScores.ofMethod(verdict.score()),
        verdict.patches() == null ? null : maps.of(verdict.patches()));
  }

  @Override
  public void close() {
    extractor.close();
  }
}
