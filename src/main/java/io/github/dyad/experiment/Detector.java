package io.github.dyad.experiment;

import io.github.dyad.Extensions;
import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyConfig.ClassTokens;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.Fusion;
import io.github.dyad.anomaly.ImageScore;
import io.github.dyad.anomaly.ImageScorer;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageRef;
import io.github.dyad.data.ImageSize;
import io.github.dyad.distillation.Objective;
import io.github.dyad.distillation.StudentModel;
import io.github.dyad.kernel.Workers;
import io.github.dyad.method.MethodModel;
import io.github.dyad.teacher.OnnxTeacher;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.teacher.TeacherWeights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A trained model that scores one's own images, with the bits of the run that trained it.
 *
 * <pre>{@code
 * try (Detector detector = Detector.load(Path.of("results/quickstart/models/…"))) {
 *   Detector.Detection detection = detector.score(Path.of("part.png"));
 *   System.out.println(detection.anomalous() + " " + detection.score());
 * }
 * }</pre>
 *
 * Not for several threads at once.
 */
public final class Detector implements AutoCloseable {
  /** Quantile of the held-back training normals' scores that is the threshold, if none is asked. */
  public static final double QUANTILE = 0.95;

  /**
   * What an image is.
   *
   * @param score higher is more anomalous
   * @param threshold above which an image counts as anomalous; NaN if the model held no images back
   * @param anomalous the decision; false without a threshold
   * @param map (mapSize, mapSize) row by row over the crop that the teacher saw; null without
   *     decoder student
   */
  public record Detection(double score, double threshold, boolean anomalous, float[] map) {}

  private final ImageSize size;
  private final double mapScale;
  private final AnomalyConfig config;
  private final ImageScorer scorer;
  private final Workers workers;
  private final ImageScore threshold;

  private Detector(
      ImageSize size,
      double mapScale,
      ImageScorer scorer,
      AnomalyConfig config,
      List<RawScores> heldBack,
      double quantile,
      Workers workers) {
    this.size = size;
    this.mapScale = mapScale;
    this.config = config;
    this.workers = workers;
    this.scorer = scorer;
    this.threshold = quantile(heldBack, config, quantile);
  }

  /**
   * A model as it was meant: its objective's own fusion, the last class token, {@link #QUANTILE}.
   */
  public static Detector load(Path model) {
    return load(model, null, QUANTILE, 1);
  }

  /**
   * @param config how scores are made; the model's own way if null
   * @param quantile of held-back normals that is the threshold, in (0, 1]
   * @param workers threads that share the work on an image
   */
  public static Detector load(Path model, AnomalyConfig config, double quantile, int workers) {
    if (MethodModel.isIn(model)) {
      requireAsWritten(model);
      return loadMethod(model, config == null ? AnomalyConfig.DEFAULTS : config, quantile, workers);
    }
    StudentModel loaded = whole(model);
    return load(model, loaded, config == null ? ownScore(loaded) : config, quantile, workers);
  }

  /** A model whose files are those of its record, if it has one. */
  private static StudentModel whole(Path folder) {
    requireAsWritten(folder);
    return StudentModel.load(folder);
  }

  private static void requireAsWritten(Path folder) {
    TrainingRecord.read(folder)
        .ifPresent(record -> record.requireAsWritten(folder, Set.of(DistillationEngine.GRAPH)));
  }

  private static Detector load(
      Path folder, StudentModel model, AnomalyConfig config, double quantile, int workers) {
    StudentModel.Description description = model.description();
    boolean encoder = description.options().objective().objective().trainsEncoder();
    boolean decoder = description.options().objective().objective().trainsDecoder();
    boolean needsEncoder = config.fusion().needsEncoder();
    boolean needsDecoder = config.fusion().needsDecoder();
    if ((needsEncoder && !encoder) || (needsDecoder && !decoder)) {
      throw new InputException(
          folder
              + ": this model has the "
              + (encoder ? "encoder" : "decoder")
              + " student only; expected fusion "
              + (encoder ? "encoder" : "decoder"));
    }
    Teacher teacher = teacher(folder, description.teacher(), description.teacherSha256());
    Workers threads = new Workers(workers);
    return new Detector(
        new ImageSize(description.resize(), description.crop()),
        description.mapScale(),
        new AnomalyScorer(teacher, model, config, threads),
        config,
        HeldBackScores.read(folder),
        quantile,
        threads);
  }

  private static Detector loadMethod(
      Path folder, AnomalyConfig config, double quantile, int workers) {
    MethodModel model = MethodModel.load(folder);
    MethodModel.Description description = model.description();
    Teacher teacher = teacher(folder, description.teacher(), description.teacherSha256());
    Workers threads = new Workers(workers);
    return new Detector(
        new ImageSize(description.resize(), description.crop()),
        description.mapScale(),
        model.scorers(teacher, config).apply(threads),
        config,
        HeldBackScores.read(folder),
        quantile,
        threads);
  }

  private static Teacher teacher(Path folder, String file, String sha256) {
    TeacherWeights weights = OnnxTeacher.open(file);
    if (!weights.sha256().equals(sha256)) {
      throw new InputException(
          file
              + " is not the teacher that "
              + folder
              + " was trained with (SHA-256 "
              + sha256
              + ")");
    }
    return new Teacher(weights);
  }

  /**
   * The score that a model stands for: its objective's own fusion, the last class token.
   *
   * @param fusion in the model's place, or null; a method without students has none
   */
  public static AnomalyConfig ownScore(Path folder, Fusion fusion, ClassTokens tokens) {
    if (MethodModel.isIn(folder)) {
      if (fusion != null) {
        throw new InputException(
            folder + ": this model has no students whose scores a fusion joins");
      }
      return AnomalyConfig.DEFAULTS;
    }
    AnomalyConfig own = ownScore(StudentModel.load(folder));
    return own.withFusion(fusion == null ? own.fusion() : fusion).withClassTokens(tokens);
  }

  /**
   * The score that a model's objective stands for: the one student that it trains, or the fusion of
   * its name, or the Noisy-OR.
   */
  public static AnomalyConfig ownScore(StudentModel model) {
    return AnomalyConfig.DEFAULTS.withFusion(
        fusionOf(model.description().options().objective().objective()));
  }

  private static Fusion fusionOf(Objective objective) {
    if (!objective.trainsDecoder()) {
      return Fusion.ENCODER;
    }
    if (!objective.trainsEncoder()) {
      return Fusion.DECODER;
    }
    return Extensions.all(Fusion.class).stream()
        .filter(fusion -> fusion.name().equals(objective.name()))
        .findFirst()
        .orElse(Fusion.NOISY_OR);
  }

  /** The smallest held-back score that at least that share of them does not exceed. */
  private static ImageScore quantile(
      List<RawScores> heldBack, AnomalyConfig config, double quantile) {
    if (!(quantile > 0 && quantile <= 1)) {
      throw new InputException("the quantile is " + quantile + "; expected above 0 and up to 1");
    }
    if (heldBack.isEmpty()) {
      return null;
    }
    ImageScore[] scores =
        heldBack.stream().map(raw -> ImageScore.of(raw, config)).toArray(ImageScore[]::new);
    Arrays.sort(scores, java.util.Comparator.comparingDouble(ImageScore::rank));
    return scores[Math.max(0, (int) Math.ceil(quantile * scores.length) - 1)];
  }

  /**
   * @throws InputException if it is no readable image
   */
  public Detection score(Path image) {
    return score(ImageRef.file(image));
  }

  /**
   * @throws InputException if it is no readable image
   */
  public Detection score(ImageRef image) {
    AnomalyScorer.Result result = scorer.score(ImageReader.load(image, size()));
    ImageScore score = ImageScore.of(result.raw(), config);
    return new Detection(
        score.score(),
        threshold == null ? Double.NaN : threshold.score(),
        threshold != null && score.rank() > threshold.rank(),
        result.map());
  }

  /** How images come to the teacher's size. */
  public ImageSize size() {
    return size;
  }

  /** Map value of the hottest colour, the same for all images of a model. */
  public double mapScale() {
    return mapScale;
  }

  public int mapSize() {
    return config.mapSize();
  }

  @Override
  public void close() {
    scorer.close();
    workers.close();
  }
}
