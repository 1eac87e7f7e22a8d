package io.github.dyad.experiment;

import io.github.dyad.Extension;
import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.ImageScorer;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Sample;
import io.github.dyad.distillation.DivergedException;
import io.github.dyad.distillation.FeatureExtractor;
import io.github.dyad.distillation.FeatureKeeping;
import io.github.dyad.distillation.FeatureSource;
import io.github.dyad.distillation.HeldBack;
import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.distillation.StudentTraining;
import io.github.dyad.kernel.Workers;
import io.github.dyad.method.FeatureShape;
import io.github.dyad.method.Method;
import io.github.dyad.method.MethodModel;
import io.github.dyad.method.TrainingFeatures;
import io.github.dyad.student.Student;
import io.github.dyad.student.TappedLayers;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Fits a {@link Method}, or trains a {@link Student}, on the training images of a task and leaves a
 * model that scores.
 */
final class MethodFitting implements TrainingFeatures {
  private static final int CHUNK = 64;

  private final TrainingTask task;
  private final Teacher teacher;
  private final Workers workers;
  private final TrainingListener listener;
  private final FeatureKeeping keeping;
  private final SampleImages images;
  private final int[] normals;
  private final List<Sample> heldBack = new ArrayList<>();

  MethodFitting(
      TrainingTask task,
      Teacher teacher,
      FeatureKeeping keeping,
      Workers workers,
      TrainingListener listener) {
    this.task = task;
    this.teacher = teacher;
    this.keeping = keeping;
    this.workers = workers;
    this.listener = listener;
    this.images = new SampleImages(task.splits().train(), task.part().size());
    HeldBack split = HeldBack.of(images, task.part().training());
    this.normals = Arrays.stream(split.trained()).filter(i -> !images.anomalous(i)).toArray();
    for (int i : split.heldBack()) {
      heldBack.add(images.samples().get(i));
    }
  }

  /** Leaves the model in the folder. */
  TrainedModel run(Path folder, Path checkpoints) {
    Extension method = task.part().method();
    Map<String, HostTensor> tensors =
        method instanceof Student student
            ? train(student, checkpoints)
            : ((Method) method).fit(this);
    proceed();
    MethodModel model = new MethodModel(describe(method), method, tensors);
    List<AnomalyScorer.Result> results;
    try (ParallelScorer scorer = scorer(teacher, model, AnomalyConfig.DEFAULTS, workers)) {
      results = scorer.results(heldBack);
    }
    try {
      HeldBackScores.write(folder, heldBack, results);
      model.withMapScale(ParallelScorer.mapScale(results)).save(folder);
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be written (" + e.getMessage() + ")", e);
    }
    long numbers = tensors.values().stream().mapToLong(tensor -> tensor.values().length).sum();
    return new TrainedModel(teacher.weights().parameters() + numbers, task.part().iterations());
  }

  private Map<String, HostTensor> train(Student student, Path checkpoints) {
    TrainingPart part = task.part();
    try (StudentTraining training =
        new StudentTraining(
            teacher,
            student,
            part.position(),
            part.lowering(),
            part.optimizer(),
            part.training(),
            images,
            workers)) {
      // This training shows no maps while it runs.
      Map<String, HostTensor> weights =
          training.run(checkpoints, new DistillationEngine.ListenerAdapter(listener, null));
      if (weights == null) {
        throw new StoppedException();
      }
      return weights;
    } catch (DivergedException e) {
      throw new TrainingException(e.getMessage());
    }
  }

  private MethodModel.Description describe(Extension method) {
    TrainingPart part = task.part();
    return new MethodModel.Description(
        MethodModel.Description.FORMAT,
        method.name(),
        MethodModel.options(method),
        task.teacherFile(),
        part.teacherSha256(),
        part.size().resize(),
        part.size().crop(),
        part.position(),
        part.decoderStudent().tappedLayers(),
        half(),
        part.lowering(),
        1);
  }

  static ParallelScorer scorer(
      Teacher teacher, MethodModel model, AnomalyConfig config, Workers workers) {
    Function<Workers, ImageScorer> scorers = model.scorers(teacher, config);
    return new ParallelScorer(
        new ImageSize(model.description().resize(), model.description().crop()),
        workers,
        () -> scorers.apply(new Workers(1)));
  }

  private boolean half() {
    return task.part().featureType() == FeaturesConfig.ElementType.FLOAT16;
  }

  @Override
  public int count() {
    return normals.length;
  }

  @Override
  public FeatureShape shape() {
    return new FeatureShape(
        teacher.transformer().classTokens(),
        teacher.grid(images.size(), images.size()),
        teacher.weights().width());
  }

  @Override
  public long seed() {
    return task.part().training().seed();
  }

  @Override
  public Workers workers() {
    return workers;
  }

  @Override
  public void forEach(Visitor visitor) {
    TappedLayers tapped = TappedLayers.of(task.part().decoderStudent(), teacher.weights().depth());
    try (FeatureExtractor extractor =
        new FeatureExtractor(
            teacher,
            task.part().position(),
            tapped,
            images.size(),
            half(),
            task.part().lowering(),
            workers)) {
      FeatureSource source =
          FeatureSource.of(keeping, extractor, half(), images, 1, done -> proceed(), () -> false);
      ImageFeatures[] chunk = new ImageFeatures[CHUNK];
      Arrays.setAll(chunk, i -> extractor.shape().allocate());
      for (int from = 0; from < normals.length; from += CHUNK) {
        proceed();
        int[] indices = Arrays.copyOfRange(normals, from, Math.min(from + CHUNK, normals.length));
        source.load(indices, chunk);
        for (int i = 0; i < indices.length; i++) {
          visitor.visit(from + i, chunk[i]);
        }
        listener.fitted(indices.length);
      }
    }
  }

  @Override
  public void proceed() {
    if (listener.stopRequested()) {
      throw new StoppedException();
    }
  }
}
