package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.InferenceGraph;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Sample;
import io.github.dyad.distillation.DivergedException;
import io.github.dyad.distillation.FeatureKeeping;
import io.github.dyad.distillation.HeldBack;
import io.github.dyad.distillation.StepLosses;
import io.github.dyad.distillation.StudentModel;
import io.github.dyad.distillation.Trainer;
import io.github.dyad.distillation.TrainingConfig;
import io.github.dyad.distillation.TrainingOptions;
import io.github.dyad.experiment.store.FileLock;
import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.graph.Lowering;
import io.github.dyad.kernel.Kernels;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.TappedLayers;
import io.github.dyad.teacher.OnnxTeacher;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.teacher.TeacherWeights;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
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
  public TrainedModel train(
      TrainingTask task, Path model, Path checkpoints, TrainingListener listener) {
    Teacher teacher = teacher(task);
    TrainingOptions options = options(task.part());
    SampleImages images = new SampleImages(task.splits().train(), task.part().size());
    Trainer trainer = new Trainer(teacher, options, images, workers);
    trainer.checkpointEvery(checkpointEvery);
    Map<String, HostTensor> weights;
    try {
      weights =
          trainer.run(
              keeping(task, listener::stopRequested),
              checkpoints,
              done -> stopIfAsked(listener),
              new ListenerAdapter(listener));
    } catch (DivergedException e) {
      throw new TrainingException(e.getMessage());
    }
    if (weights == null) {
      throw new StoppedException();
    }
    save(task, teacher, options, images, weights, model);
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
                of.training().holdBack()),
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

  private static void stopIfAsked(TrainingListener listener) {
    if (listener.stopRequested()) {
      throw new StoppedException();
    }
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
    TappedLayers tapped = tapped(part.decoderStudent(), teacher(task));
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
      SampleImages images,
      Map<String, HostTensor> weights,
      Path folder) {
    StudentModel model = describe(task, options, weights, 1);
    List<Sample> heldBack = new ArrayList<>();
    for (int i : HeldBack.of(images, options.training()).heldBack()) {
      heldBack.add(images.samples().get(i));
    }
    double hottest = 0;
    List<AnomalyScorer.Result> results;
    try (ParallelScorer scorer =
        new ParallelScorer(teacher, model, AnomalyConfig.DEFAULTS, workers)) {
      results = scorer.results(heldBack);
    }
    try {
      HeldBackScores.write(folder, heldBack, results);
      for (AnomalyScorer.Result result : results) {
        for (int i = 0; result.map() != null && i < result.map().length; i++) {
          hottest = Math.max(hottest, result.map()[i]);
        }
      }
      describe(task, options, weights, hottest > 0 ? HOTTEST * hottest : 1).save(folder);
      saveGraph(teacher, model, folder);
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be written (" + e.getMessage() + ")", e);
    }
  }

  /** Heat maps reach their hottest colour at twice the largest value of held-back images. */
  private static final double HOTTEST = 2;

  private static StudentModel describe(
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

  @Override
  public Scorer open(Path folder, TrainingTask task) {
    return new ModelScorer(teacher(task), StudentModel.load(folder));
  }

  @Override
  public Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("backend", Nd4j.getBackend().getClass().getSimpleName());
    environment.put("cpu_path", Kernels.active().name());
    environment.put(
        "blas",
        "OpenBLAS, core type "
            + System.getenv()
                .getOrDefault("OPENBLAS_CORETYPE", "automatic (" + Processor.vectorUnit() + ")"));
    return environment;
  }

  @Override
  public void close() {
    workers.close();
  }

  private record ListenerAdapter(TrainingListener listener) implements Trainer.Listener {
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
    public boolean stopRequested() {
      return listener.stopRequested();
    }
  }

  /** A trained model on the images of a split. */
  private final class ModelScorer implements Scorer {
    private final Teacher teacher;
    private final StudentModel model;
    private final Map<AnomalyConfig, ParallelScorer> scorers = new HashMap<>();
    private final Map<AnomalyConfig, AnomalyScorer> singles = new HashMap<>();

    ModelScorer(Teacher teacher, StudentModel model) {
      this.teacher = teacher;
      this.model = model;
    }

    @Override
    public List<RawScores> score(
        List<Sample> images, AnomalyConfig config, ScoringListener listener) {
      ParallelScorer scorer =
          scorers.computeIfAbsent(
              config, options -> new ParallelScorer(teacher, model, options, workers));
      List<RawScores> scores = new ArrayList<>();
      int chunk = 32;
      for (int from = 0; from < images.size(); from += chunk) {
        if (listener.stopRequested()) {
          throw new StoppedException();
        }
        List<Sample> part = images.subList(from, Math.min(from + chunk, images.size()));
        scorer.results(part).forEach(result -> scores.add(result.raw()));
        listener.scored(part.size());
      }
      return scores;
    }

    @Override
    public Runnable singleImage(Sample image, AnomalyConfig config) {
      ImageSize size = new ImageSize(model.description().resize(), model.description().crop());
      float[] pixels = ImageReader.load(image.image(), size);
      AnomalyScorer single =
          singles.computeIfAbsent(
              config, options -> new AnomalyScorer(teacher, model, options, workers));
      return () -> single.score(pixels);
    }

    @Override
    public void close() {
      scorers.values().forEach(ParallelScorer::close);
      singles.values().forEach(AnomalyScorer::close);
      System.gc(); // ND4J frees the graphs' own arrays when their owners are collected
    }
  }
}
