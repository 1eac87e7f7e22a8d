package io.github.dyad.distillation;

import io.github.dyad.graph.Gradients;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.Plan;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.InitialWeights;
import io.github.dyad.student.Student;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.tensor.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains a {@link Student} on normal images, the teacher's forward pass in every step. The weights
 * are a function of teacher, images and options alone.
 */
public final class StudentTraining implements AutoCloseable {
  private static final long CHECKPOINT_NANOS = 120_000_000_000L;

  private final TrainingImages images;
  private final TrainingConfig training;
  private final LearningRate learningRate;
  private final Optimizer optimizer;
  private final BatchOrder order;
  private final Plan plan;
  private final String loss;
  private final List<String> trainable = new ArrayList<>();

  public StudentTraining(
      Teacher teacher,
      Student student,
      PositionRule position,
      Lowering lowering,
      OptimizerConfig optimizerConfig,
      TrainingConfig training,
      TrainingImages images,
      Workers workers) {
    this.images = images;
    this.training = training;
    this.learningRate = new LearningRate(optimizerConfig, training.iterations());
    int[] normals =
        Arrays.stream(HeldBack.of(images, training).trained())
            .filter(i -> !images.anomalous(i))
            .toArray();
    this.order = BatchOrder.shuffled(normals, training.batchSize(), training.seed());
    InitialWeights initial = InitialWeights.ofStudent(training.seed());
    StudentGraph graph =
        StudentGraph.build(teacher, student, position, images.size(), lowering, initial::values);
    this.loss = graph.loss().name();
    Gradients gradients =
        Gradients.of(graph.layers().graph(), graph.layers().graph().getVariable(loss));
    List<String> outputs = new ArrayList<>(List.of(loss));
    outputs.addAll(gradients.names().values());
    long[] shape = {order.batchSize(), 3, images.size(), images.size()};
    this.plan =
        Plan.compile(
            graph.layers(), gradients.graph(), Map.of(StudentGraph.IMAGE, shape), outputs, workers);
    this.optimizer = new Optimizer(optimizerConfig, workers);
    for (String name : new TreeSet<>(gradients.names().keySet())) {
      trainable.add(name);
      optimizer.add(
          name,
          Plan.floats(plan.variable(name)),
          Plan.floats(plan.output(gradients.names().get(name))));
    }
  }

  /**
   * Trains to the end, or from a checkpoint on.
   *
   * @param checkpoints a folder for this training's checkpoint
   * @return the weights by name; null if the listener asked to stop
   * @throws DivergedException when the loss is no longer a number
   */
  public Map<String, HostTensor> run(Path checkpoints, Trainer.Listener listener) {
    List<StepLosses> history = new ArrayList<>();
    Checkpoint checkpoint = Checkpoint.read(checkpoints);
    if (checkpoint != null) {
      restore(checkpoint);
      history = checkpoint.losses();
      for (int step = 0; step < history.size(); step++) {
        listener.step(step, history.get(step), true);
      }
    }
    long written = System.nanoTime();
    for (int step = history.size(); step < training.iterations(); step++) {
      boolean stop = listener.stopRequested();
      if (stop || System.nanoTime() - written > CHECKPOINT_NANOS) {
        new Checkpoint(weights(), optimizer.state(), history).write(checkpoints);
        written = System.nanoTime();
      }
      if (stop) {
        return null;
      }
      StepLosses losses = step(step);
      if (!Double.isFinite(losses.loss())) {
        throw new DivergedException(step, losses);
      }
      history.add(losses);
      listener.step(step, losses, false);
    }
    return weights();
  }

  private StepLosses step(int step) {
    int[] batch = order.at(step);
    for (int b = 0; b < batch.length; b++) {
      float[] image = images.normalized(images.pixels(batch[b]));
      Plan.floats(plan.input(StudentGraph.IMAGE))
          .copyFrom(image, 0, b * image.length, image.length);
    }
    plan.run();
    double value = Plan.floats(plan.output(loss)).get(0);
    double rate = learningRate.at(step);
    if (Double.isFinite(value)) {
      optimizer.step(step, rate);
    }
    return new StepLosses(value, Double.NaN, Double.NaN, Double.NaN, Double.NaN, rate);
  }

  private Map<String, HostTensor> weights() {
    Map<String, HostTensor> weights = new TreeMap<>();
    for (String name : trainable) {
      INDArray array = plan.variable(name);
      weights.put(name, new HostTensor(Plan.floats(array).toArray(), array.shape()));
    }
    return new LinkedHashMap<>(weights);
  }

  private void restore(Checkpoint checkpoint) {
    for (String name : trainable) {
      HostTensor tensor = checkpoint.weights().get(name);
      Plan.floats(plan.variable(name)).copyFrom(tensor.values(), 0, 0, tensor.values().length);
    }
    optimizer.restore(checkpoint.optimizer());
  }

  @Override
  public void close() {
    plan.close();
  }
}
