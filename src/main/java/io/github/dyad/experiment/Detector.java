package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyConfig.ClassTokens;
import io.github.dyad.anomaly.AnomalyConfig.Fusion;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.ImageScore;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageRef;
import io.github.dyad.data.ImageSize;
import io.github.dyad.distillation.StudentModel;
import io.github.dyad.kernel.Workers;
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
 *   Detection detection = detector.score(ImageRef.file(Path.of("part.png")));
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

  private final StudentModel model;
  private final AnomalyConfig config;
  private final AnomalyScorer scorer;
  private final Workers workers;
  private final ImageScore threshold;

  private Detector(
      Teacher teacher,
      StudentModel model,
      AnomalyConfig config,
      List<RawScores> heldBack,
      double quantile,
      Workers workers) {
    this.model = model;
    this.config = config;
    this.workers = workers;
    this.scorer = new AnomalyScorer(teacher, model, config, workers);
    this.threshold = quantile(heldBack, config, quantile);
  }

  /**
   * A model as it was meant: its objective's own fusion, the last class token, {@link #QUANTILE}.
   */
  public static Detector load(Path model) {
    StudentModel loaded = whole(model);
    return load(model, loaded, ownScore(loaded), QUANTILE, 1);
  }

  /**
   * @param config how scores are made; {@link #ownScore} if null
   * @param quantile of held-back normals that is the threshold, in (0, 1]
   * @param workers threads that share the work on an image
   */
  public static Detector load(Path model, AnomalyConfig config, double quantile, int workers) {
    StudentModel loaded = whole(model);
    return load(model, loaded, config == null ? ownScore(loaded) : config, quantile, workers);
  }

  /** A model whose files are those of its record, if it has one. */
  private static StudentModel whole(Path folder) {
    TrainingRecord.read(folder)
        .ifPresent(record -> record.requireAsWritten(folder, Set.of(DistillationEngine.GRAPH)));
    return StudentModel.load(folder);
  }

  private static Detector load(
      Path folder, StudentModel model, AnomalyConfig config, double quantile, int workers) {
    StudentModel.Description description = model.description();
    TeacherWeights weights = OnnxTeacher.open(description.teacher());
    if (!weights.sha256().equals(description.teacherSha256())) {
      throw new InputException(
          description.teacher()
              + " is not the teacher that "
              + folder
              + " was trained with (SHA-256 "
              + description.teacherSha256()
              + ")");
    }
    boolean encoder = description.options().objective().objective().trainsEncoder();
    boolean decoder = description.options().objective().objective().trainsDecoder();
    boolean needsEncoder = config.fusion() != Fusion.DECODER;
    boolean needsDecoder = config.fusion() != Fusion.ENCODER;
    if ((needsEncoder && !encoder) || (needsDecoder && !decoder)) {
      throw new InputException(
          folder
              + ": this model has the "
              + (encoder ? "encoder" : "decoder")
              + " student only; expected fusion "
              + (encoder ? "encoder" : "decoder"));
    }
    return new Detector(
        new Teacher(weights),
        model,
        config,
        HeldBackScores.read(folder),
        quantile,
        new Workers(workers));
  }

  /** The score that a model's objective stands for. */
  public static AnomalyConfig ownScore(StudentModel model) {
    return withFusion(
        AnomalyConfig.DEFAULTS,
        switch (model.description().options().objective().objective()) {
          case NOISY_OR -> Fusion.NOISY_OR;
          case SUM -> Fusion.SUM;
          case ENCODER_ONLY -> Fusion.ENCODER;
          case DECODER_ONLY -> Fusion.DECODER;
        },
        ClassTokens.LAST);
  }

  /** The same options with another fusion and class tokens. */
  public static AnomalyConfig withFusion(AnomalyConfig c, Fusion fusion, ClassTokens tokens) {
    return new AnomalyConfig(
        tokens,
        fusion,
        c.decoderScore(),
        c.topShare(),
        c.temperature(),
        c.mapSize(),
        c.gaussianSize(),
        c.gaussianSigma());
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
    return new ImageSize(model.description().resize(), model.description().crop());
  }

  /** Map value of the hottest colour, the same for all images of a model. */
  public double mapScale() {
    return model.description().mapScale();
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
