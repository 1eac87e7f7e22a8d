package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.Discrepancy;
import io.github.dyad.anomaly.ImageScorer;
import io.github.dyad.anomaly.InferenceGraph;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Sample;
import io.github.dyad.distillation.DivergedException;
import io.github.dyad.distillation.FeatureKeeping;
import io.github.dyad.distillation.HeldBack;
import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.distillation.ObjectiveConfig;
import io.github.dyad.distillation.ObjectiveConfig.DistilledTokens;
import io.github.dyad.distillation.StepLosses;
import io.github.dyad.distillation.StudentModel;
import io.github.dyad.distillation.Trainer;
import io.github.dyad.distillation.TrainingConfig;
import io.github.dyad.distillation.TrainingConfig.Kept;
import io.github.dyad.distillation.TrainingOptions;
import io.github.dyad.experiment.store.FileLock;
import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.graph.Lowering;
import io.github.dyad.kernel.Kernels;
import io.github.dyad.kernel.OpenBlas;
import io.github.dyad.kernel.Workers;
import io.github.dyad.method.MethodModel;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.TappedLayers;
import io.github.dyad.teacher.AssumedTeacher;
import io.github.dyad.teacher.OnnxTeacher;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.teacher.TeacherWeights;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.nd4j.linalg.factory.Nd4j;

/** The numeric core behind a grid: SameDiff graphs on Dyad's kernels. */
public final class DistillationEngine implements Engine {
  /** SameDiff M2.1 cannot write files of more than about 1 GiB. */
  private static final long LARGEST_GRAPH_FILE = 1_000_000_000L;

  /** The composed graph, for others; nothing here reads it. */
  static final String GRAPH = "graph.fb";

  private final Workers workers;
  private final Duration checkpointEvery;
  private final Map<String, Teacher> teachers = new HashMap<>();

  public DistillationEngine(int workers) {
    this(workers, Trainer.CHECKPOINT_EVERY);
  }

  /**
   * @param checkpointEvery time between a training's checkpoints
   */
  public DistillationEngine(int workers, Duration checkpointEvery) {
    this.workers = new Workers(workers);
    this.checkpointEvery = checkpointEvery;
  }

  @Override
  public String teacherSha256(String file) {
    return teacher(file).weights().sha256();
  }

  private Teacher teacher(String file) {
    return teachers.computeIfAbsent(file, f -> new Teacher(OnnxTeacher.open(f)));
  }

  /**
   * SHA-256 of a teacher; where there is no such file, a stand-in's of the shape that its name
   * says. Nothing may be trained then.
   *
   * @param told hears what was assumed
   * @throws InputException when there is no such file and its name says no shape
   */
  public String teacherOrAssumed(String file, Consumer<String> told) {
    if (!file.startsWith("builtin:") && Files.notExists(Path.of(file))) {
      TeacherWeights assumed =
          AssumedTeacher.of(file)
              .orElseThrow(
                  () ->
                      new InputException(
                          file
                              + ": there is no such teacher, and its name says no shape (small,"
                              + " base or large) to plan with"));
      teachers.put(file, new Teacher(assumed));
      told.accept(
          "%s is not there: assumed from its name are %d blocks of width %d, %d registers"
              .formatted(file, assumed.depth(), assumed.width(), assumed.registers()));
      return Sha256.of(file);
    }
    return teacherSha256(file);
  }

  /** Measures a few steps at the shape of the task, whether its images are there or not. */
  public StepMeasurement measure(TrainingTask task) {
    TrainingPart part = task.part();
    return StepMeasurement.of(
        teacher(task.teacherFile()),
        part.position(),
        part.lowering(),
        part.size().crop(),
        part.training().batchSize(),
        workers);
  }

  /** The features that a training keeps on disk: how many bytes, 0 if it computes them anew. */
  long keptBytes(TrainingTask task) {
    TrainingPart part = task.part();
    if (part.objective().distilledTokens() == DistilledTokens.PATCH) {
      return 0;
    }
    Teacher teacher = teacher(task.teacherFile());
    int images = task.splits().train().size();
    int side = part.size().crop();
    long bytes =
        new ImageFeatures.Shape(
                side,
                teacher.transformer().classTokens(),
                teacher.grid(side, side).count(),
                teacher.weights().width())
            .bytes(part.featureType() == FeaturesConfig.ElementType.FLOAT16, images);
    double visits = (double) part.training().iterations() * part.training().batchSize() / images;
    return keeping(task, () -> false).decide(bytes, visits) ? bytes : 0;
  }

  /** Blocks of the task's teacher. */
  int teacherDepth(TrainingTask task) {
    return teacher(task.teacherFile()).weights().depth();
  }

  private Teacher teacher(TrainingTask task) {
    Teacher teacher = teacher(task.teacherFile());
    if (!teacher.weights().sha256().equals(task.part().teacherSha256())) {
      throw new InputException(task.teacherFile() + ": the teacher changed during the run");
    }
    return teacher;
  }

  static TrainingOptions options(TrainingPart part) {
    return new TrainingOptions(
        part.position(),
        part.encoderStudent(),
        part.decoderStudent(),
        part.objective(),
        part.optimizer(),
        part.training(),
        part.lowering(),
        part.featureType() == FeaturesConfig.ElementType.FLOAT16);
  }

  @Override
  public void check(TrainingTask task) {
    Teacher teacher = teacher(task);
    teacher.grid(task.part().size().crop(), task.part().size().crop());
    tapped(task.part().decoderStudent(), teacher);
  }

  @Override
  public TrainedModel train(
      TrainingTask task, Path model, Path checkpoints, TrainingListener listener) {
    Teacher teacher = teacher(task);
    if (task.part().method() != null) {
      return new MethodFitting(
              task, teacher, keeping(task, listener::stopRequested), workers, listener)
          .run(model, checkpoints);
    }
    TrainingOptions options = options(task.part());
    SampleImages images = new SampleImages(task.splits().train(), task.part().size());
    Trainer trainer = new Trainer(teacher, options, images, workers);
    trainer.checkpointEvery(checkpointEvery);
    List<Sample> heldBack = heldBack(images, options);
    if (options.training().checkpoint() == Kept.BEST) {
      requireHeldBack(heldBack, options.training());
      trainer.keepBest(
          weights -> validationLoss(teacher, describe(task, options, weights, 1), heldBack));
    }
    Map<String, HostTensor> weights;
    try (SampleMaps samples = new SampleMaps(teacher, task)) {
      weights =
          trainer.run(
              keeping(task, listener::stopRequested),
              checkpoints,
              listener::featuresKept,
              new ListenerAdapter(listener, samples));
    } catch (DivergedException e) {
      throw new TrainingException(e.getMessage());
    }
    if (weights == null) {
      throw new StoppedException();
    }
    save(task, teacher, options, heldBack, weights, model);
    long parameters = teacher.weights().parameters();
    for (HostTensor tensor : weights.values()) {
      parameters += tensor.values().length;
    }
    return new TrainedModel(parameters, options.training().iterations());
  }

  /**
   * A training by itself.
   *
   * @param iterations instead of the task's, or null
   * @param dropout instead of the task's, or null
   * @param initial starting weights read from {@code initialFile}, or null for the seeded ones
   */
  public SingleTraining single(
      TrainingTask task,
      Integer iterations,
      Double dropout,
      Safetensors initial,
      Path initialFile) {
    if (task.part().method() != null) {
      throw new InputException(
          "method is "
              + task.part().method().name()
              + ", which trains no students; expected distillation");
    }
    TrainingOptions of = options(task.part());
    DecoderStudentConfig decoder = of.decoderStudent();
    TrainingOptions options =
        new TrainingOptions(
            of.position(),
            of.encoderStudent(),
            new DecoderStudentConfig(
                decoder.depth(),
                dropout == null ? decoder.dropout() : dropout,
                decoder.tappedLayers(),
                decoder.initStd(),
                decoder.initBound()),
            of.objective(),
            of.optimizer(),
            new TrainingConfig(
                iterations == null ? of.training().iterations() : iterations,
                of.training().batchSize(),
                of.training().seed(),
                of.training().holdBack(),
                of.training().checkpoint()),
            of.lowering(),
            of.halfFeatures());
    SampleImages images = new SampleImages(task.splits().train(), task.part().size());
    Teacher teacher = teacher(task);
    Trainer trainer =
        initial == null
            ? new Trainer(teacher, options, images, workers)
            : new Trainer(
                teacher,
                options,
                images,
                workers,
                (name, shape) -> initial.get(initialFile, name, shape).values());
    return new SingleTraining(trainer, keeping(task, () -> false));
  }

  /** The features' file is named by all that they depend on. */
  private FeatureKeeping keeping(TrainingTask task, BooleanSupplier stop) {
    TrainingPart part = task.part();
    Map<String, Object> what = new LinkedHashMap<>();
    what.put("teacher", part.teacherSha256());
    what.put("position", part.position());
    what.put("images", part.imagesSha256());
    what.put("resize", part.size().resize());
    what.put("crop", part.size().crop());
    what.put("type", part.featureType());
    what.put("lowering", part.lowering());
    what.put("cpu", Kernels.active().name());
    TappedLayers tapped = tapped(part.decoderStudent(), teacher(task.teacherFile()));
    what.put("tapped", List.of(tapped.first(), tapped.second()));
    Path file =
        CacheFolder.get().resolve("features").resolve(Sha256.of(Json.canonical(what)) + ".bin");
    Path lock = file.resolveSibling(file.getFileName() + ".lock");
    return new FeatureKeeping(
        task.features().keep(),
        file,
        (long) (task.features().maxDiskGb() * 1e9),
        () -> FileLock.acquire(lock, stop).orElseThrow(StoppedException::new)::close);
  }

  private static TappedLayers tapped(DecoderStudentConfig config, Teacher teacher) {
    return TappedLayers.of(config, teacher.weights().depth());
  }

  private void save(
      TrainingTask task,
      Teacher teacher,
      TrainingOptions options,
      List<Sample> heldBack,
      Map<String, HostTensor> weights,
      Path folder) {
    StudentModel model = describe(task, options, weights, 1);
    List<AnomalyScorer.Result> results;
    try (ParallelScorer scorer = parallel(teacher, model, AnomalyConfig.DEFAULTS)) {
      results = scorer.results(heldBack);
    }
    try {
      HeldBackScores.write(folder, heldBack, results);
      describe(task, options, weights, ParallelScorer.mapScale(results)).save(folder);
      saveGraph(teacher, model, folder);
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be written (" + e.getMessage() + ")", e);
    }
  }

  private static List<Sample> heldBack(SampleImages images, TrainingOptions options) {
    return Arrays.stream(HeldBack.of(images, options.training()).heldBack())
        .mapToObj(images.samples()::get)
        .toList();
  }

  private static void requireHeldBack(List<Sample> heldBack, TrainingConfig config) {
    if (heldBack.isEmpty()) {
      throw new InputException(
          "training.checkpoint is best, but training.holdBack "
              + config.holdBack()
              + " holds no image back to choose by; expected a larger share or more images");
    }
  }

  /** The training's own loss on held-back normals, without dropout, mean over the images. */
  private double validationLoss(Teacher teacher, StudentModel model, List<Sample> heldBack) {
    try (ParallelScorer scorer = parallel(teacher, model, AnomalyConfig.DEFAULTS)) {
      ObjectiveConfig objective = model.description().options().objective();
      return scorer.results(heldBack).stream()
          .mapToDouble(
              result -> objective.normalLoss(result.raw().encoderAll(), result.raw().decoderLoss()))
          .average()
          .orElseThrow();
    }
  }

  private ParallelScorer parallel(Teacher teacher, StudentModel model, AnomalyConfig config) {
    return new ParallelScorer(
        new ImageSize(model.description().resize(), model.description().crop()),
        workers,
        () -> new AnomalyScorer(teacher, model, config));
  }

  static StudentModel describe(
      TrainingTask task, TrainingOptions options, Map<String, HostTensor> weights, double scale) {
    ImageSize size = task.part().size();
    return new StudentModel(
        new StudentModel.Description(
            StudentModel.Description.FORMAT,
            task.teacherFile(),
            task.part().teacherSha256(),
            size.resize(),
            size.crop(),
            options,
            scale),
        weights);
  }

  private static void saveGraph(Teacher teacher, StudentModel model, Path folder) {
    TeacherWeights frozen = teacher.weights();
    long bytes = 4 * frozen.parameters();
    for (HostTensor tensor : model.weights().values()) {
      bytes += 4L * tensor.values().length;
    }
    if (bytes < LARGEST_GRAPH_FILE) {
      InferenceGraph graph = InferenceGraph.build(teacher, model, Lowering.COMPOSED);
      graph.layers().graph().save(folder.resolve(GRAPH).toFile(), false);
    }
  }

  /**
   * Opens a model to be looked at.
   *
   * @param trained as it became; false: students as they were before the first step
   * @param config the map's options
   */
  public Inspection inspect(Path folder, TrainingTask task, AnomalyConfig config, boolean trained) {
    Teacher teacher = teacher(task);
    if (task.part().method() != null) {
      MethodModel model = MethodModel.load(folder);
      MethodModel shown = trained ? model : model.untrained(task.part().training().seed());
      return new Inspection(
          MethodFitting.scorer(teacher, shown, config, workers), model.description().mapScale());
    }
    StudentModel model = StudentModel.load(folder);
    return new Inspection(
        parallel(teacher, trained ? model : model.untrained(), config),
        model.description().mapScale());
  }

  @Override
  public Scorer open(Path folder, TrainingTask task) {
    Teacher teacher = teacher(task);
    if (task.part().method() != null) {
      MethodModel model = MethodModel.load(folder);
      return new ModelScorer(
          task.part().size(),
          config -> MethodFitting.scorer(teacher, model, config, workers),
          config -> model.scorers(teacher, config).apply(workers));
    }
    StudentModel model = StudentModel.load(folder);
    return new ModelScorer(
        task.part().size(),
        config -> parallel(teacher, model, config),
        config -> new AnomalyScorer(teacher, model, config, workers));
  }

  @Override
  public Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    String core = OpenBlas.core(); // before ND4J loads it
    environment.put("backend", Nd4j.getBackend().getClass().getSimpleName());
    environment.put("cpu_path", Kernels.active().name());
    environment.put("blas", "OpenBLAS, core type " + core);
    return environment;
  }

  @Override
  public void close() {
    workers.close();
  }

  record ListenerAdapter(TrainingListener listener, SampleMaps samples)
      implements Trainer.Listener {
    @Override
    public void step(int step, StepLosses losses, boolean replayed) {
      listener.step(
          new TrainingStep(
              step,
              losses.loss(),
              losses.encoder(),
              losses.decoder(),
              losses.weightEncoder(),
              losses.weightDecoder(),
              losses.learningRate()),
          replayed);
    }

    @Override
    public void weights(int step, Supplier<Map<String, HostTensor>> weights) {
      if (listener.samplesWanted()) {
        listener.samples(step, samples.of(weights.get()));
      }
    }

    @Override
    public boolean stopRequested() {
      return listener.stopRequested();
    }
  }

  /** A trained model on the images of a split. */
  private static final class ModelScorer implements Scorer {
    /** Images whose maps or vectors are in memory at once. */
    private static final int CHUNK = 32;

    private final ImageSize size;
    private final Function<AnomalyConfig, ParallelScorer> parallel;
    private final Function<AnomalyConfig, ImageScorer> single;
    private final Map<AnomalyConfig, ParallelScorer> scorers = new HashMap<>();
    private final Map<AnomalyConfig, ImageScorer> singles = new HashMap<>();

    /**
     * @param parallel scores many images
     * @param single scores one image at a time, which all workers share
     */
    ModelScorer(
        ImageSize size,
        Function<AnomalyConfig, ParallelScorer> parallel,
        Function<AnomalyConfig, ImageScorer> single) {
      this.size = size;
      this.parallel = parallel;
      this.single = single;
    }

    @Override
    public List<RawScores> score(
        List<Sample> images, AnomalyConfig config, ScoringListener listener) {
      ParallelScorer scorer = scorers.computeIfAbsent(config, parallel);
      List<RawScores> scores = new ArrayList<>();
      for (int from = 0; from < images.size(); from += CHUNK) {
        if (listener.stopRequested()) {
          throw new StoppedException();
        }
        List<Sample> part = images.subList(from, Math.min(from + CHUNK, images.size()));
        List<AnomalyScorer.Result> results = scorer.results(part);
        for (int i = 0; i < part.size(); i++) {
          scores.add(results.get(i).raw());
          if (results.get(i).map() != null) {
            listener.mapped(part.get(i), results.get(i).map());
          }
        }
        listener.scored(part.size());
      }
      return scores;
    }

    @Override
    public void discrepancies(
        List<Sample> images, AnomalyConfig config, Consumer<Discrepancy> vectors) {
      ParallelScorer scorer = scorers.computeIfAbsent(config, parallel);
      for (int from = 0; from < images.size(); from += CHUNK) {
        scorer
            .discrepancies(images.subList(from, Math.min(from + CHUNK, images.size())))
            .forEach(vectors);
      }
    }

    @Override
    public Runnable singleImage(Sample image, AnomalyConfig config) {
      float[] pixels = ImageReader.load(image.image(), size);
      ImageScorer scorer = singles.computeIfAbsent(config, single);
      return () -> scorer.score(pixels);
    }

    @Override
    public void close() {
      scorers.values().forEach(ParallelScorer::close);
      singles.values().forEach(ImageScorer::close);
      System.gc(); // ND4J frees the graphs' own arrays when their owners are collected
    }
  }
}
