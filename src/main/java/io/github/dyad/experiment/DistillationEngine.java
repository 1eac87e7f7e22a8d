package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.ImageScorer;
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
import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.graph.Lowering;
import io.github.dyad.kernel.Kernels;
import io.github.dyad.kernel.Workers;
import io.github.dyad.method.MethodModel;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.TappedLayers;
import io.github.dyad.teacher.OnnxTeacher;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.teacher.TeacherWeights;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.nd4j.linalg.factory.Nd4j;

/** The numeric core behind a grid: SameDiff graphs on Dyad's kernels. */
public final class DistillationEngine implements Engine {
  /** SameDiff M2.1 cannot write files of more than about 1 GiB. */
  private static final long LARGEST_GRAPH_FILE = 1_000_000_000L;

  private final Workers workers;
  private final Map<String, Teacher> teachers = new HashMap<>();

  public DistillationEngine(int workers) {
    this.workers = new Workers(workers);
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
    if (task.part().method() != null) {
      return new MethodFitting(task, teacher, keeping(task), workers, listener)
          .run(model, checkpoints);
    }
    TrainingOptions options = options(task.part());
    SampleImages images = new SampleImages(task.splits().train(), task.part().size());
    Trainer trainer = new Trainer(teacher, options, images, workers);
    Map<String, HostTensor> weights;
    try (SampleMaps samples = new SampleMaps(teacher, task)) {
      weights =
          trainer.run(
              keeping(task),
              checkpoints,
              listener::featuresKept,
              new ListenerAdapter(listener, samples));
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
    return new SingleTraining(trainer, keeping(task));
  }

  /** The features' file is named by all that they depend on. */
  private FeatureKeeping keeping(TrainingTask task) {
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
    return new FeatureKeeping(
        task.features().keep(), file, (long) (task.features().maxDiskGb() * 1e9));
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
      graph.layers().graph().save(folder.resolve("graph.fb").toFile(), false);
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
      return new Inspection(
          MethodFitting.scorer(teacher, model, config, workers), model.description().mapScale());
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
    environment.put("backend", Nd4j.getBackend().getClass().getSimpleName());
    environment.put("cpu_path", Kernels.active().name());
    environment.put(
        "blas",
        "OpenBLAS, core type " + System.getenv().getOrDefault("OPENBLAS_CORETYPE", "automatic"));
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
      int chunk = 32;
      for (int from = 0; from < images.size(); from += chunk) {
        if (listener.stopRequested()) {
          throw new StoppedException();
        }
        List<Sample> part = images.subList(from, Math.min(from + chunk, images.size()));
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
