package io.github.dyad.distillation;

import io.github.dyad.InputException;
import io.github.dyad.distillation.ObjectiveConfig.DistilledTokens;
import io.github.dyad.graph.Gradients;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.Plan;
import io.github.dyad.graph.TokenGrid;
import io.github.dyad.graph.Weights;
import io.github.dyad.kernel.Dropout;
import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.DecoderStudent;
import io.github.dyad.student.EncoderStudent;
import io.github.dyad.student.EncoderStudentConfig.Input;
import io.github.dyad.student.TappedLayers;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One training's graph, compiled for its batch size, with its optimizer: makes one step after the
 * other on the features that it is given.
 */
public final class TrainingSession implements AutoCloseable {
  static final String IMAGE = "image";
  static final String CLASS_TOKENS = "teacher_class_tokens";
  static final String GROUP_1 = "teacher_group_1";
  static final String GROUP_2 = "teacher_group_2";

  private final TrainingOptions options;
  private final Layers layers;
  private final Plan plan;
  private final Optimizer optimizer;
  private final LearningRate learningRate;
  private final HardMining mining;
  private final List<String> trainable = new ArrayList<>();
  private final List<String> gradients = new ArrayList<>();
  private final List<String> lossNames;

  /** Of an objective that is composed: the gradients of its losses, by the weight that they are. */
  private final Map<String, String> lossGradients = new TreeMap<>();

  private final Map<String, HostTensor> starting = new TreeMap<>();
  private final int batch;

  /**
   * @param side image side in pixels
   * @param initial the starting values of a tensor by name and shape
   */
  public TrainingSession(
      Teacher teacher,
      TrainingOptions options,
      int side,
      int batch,
      BiFunction<String, long[], float[]> initial,
      Workers workers) {
    this.options = options;
    this.batch = batch;
    this.learningRate = new LearningRate(options.optimizer(), options.training().iterations());
    this.mining = new HardMining(options.objective());
    TokenGrid grid = teacher.grid(side, side);
    SameDiff graph = SameDiff.create();
    this.layers = new Layers(graph, options.lowering(), grid, teacher.weights().width());
    Weights weights =
        (name, shape) -> {
          if (!graph.hasVariable(name)) {
            float[] values = initial.apply(name, shape);
            graph.var(name, Nd4j.createFromArray(values).reshape('c', shape));
            starting.put(name, new HostTensor(values, shape));
          }
          return graph.getVariable(name);
        };
    SDVariable objective = define(layers, teacher, options, side, weights);

    Gradients derived = Gradients.of(graph, objective);
    List<String> outputs = new ArrayList<>();
    for (String name :
        List.of(
            DistillationGraph.LOSSES,
            DistillationGraph.LOSS_ENCODER,
            DistillationGraph.LOSS_DECODER,
            DistillationGraph.WEIGHT_ENCODER,
            DistillationGraph.WEIGHT_DECODER)) {
      if (graph.hasVariable(name)) {
        outputs.add(name);
      }
    }
    List<String> losses = List.copyOf(outputs);
    if (!JointObjective.TAKEN.contains(options.objective().objective())) {
      addLossGradient(DistillationGraph.WEIGHT_ENCODER, DistillationGraph.LOSS_ENCODER);
      addLossGradient(DistillationGraph.WEIGHT_DECODER, DistillationGraph.LOSS_DECODER);
    }
    outputs.addAll(lossGradients.values());
    outputs.addAll(derived.names().values());
    this.plan = Plan.compile(layers, derived.graph(), shapes(teacher, side), outputs, workers);
    this.lossNames = losses;
    requireOnePerImage(options.objective().objective());
    this.optimizer = new Optimizer(options.optimizer(), workers);
    for (String name : new TreeSet<>(derived.names().keySet())) {
      trainable.add(name);
      gradients.add(derived.names().get(name));
      optimizer.add(
          name,
          Plan.floats(plan.variable(name)),
          Plan.floats(plan.output(derived.names().get(name))));
    }
  }

  private void addLossGradient(String weight, String loss) {
    SDVariable variable = layers.graph().getVariable(loss);
    if (variable != null && variable.getGradient() != null) {
      lossGradients.put(weight, variable.getGradient().name());
    }
  }

  private void requireOnePerImage(Objective objective) {
    long[] shape = plan.output(DistillationGraph.LOSSES).shape();
    if (!Arrays.equals(shape, new long[] {batch})) {
      throw new InputException(
          "the objective "
              + objective.name()
              + " gives the shape "
              + Arrays.toString(shape)
              + "; expected a loss for each of the batch's "
              + batch
              + " images");
    }
  }

  /** The objective, with everything in front of it. */
  static SDVariable define(
      Layers layers, Teacher teacher, TrainingOptions options, int side, Weights weights) {
    SameDiff graph = layers.graph();
    int D = layers.width();
    SDVariable image = graph.placeHolder(IMAGE, DataType.FLOAT, -1, 3, side, side);
    SDVariable tokens = teacher.embed(layers, image, options.position());
    TappedLayers tapped = TappedLayers.of(options.decoderStudent(), teacher.weights().depth());
    boolean patchTokens = options.objective().distilledTokens() == DistilledTokens.PATCH;
    TeacherSignals signals =
        patchTokens // too many to keep: the teacher runs in the step
            ? TeacherSignals.of(
                layers,
                tokens,
                teacher.hiddenStates(layers, tokens, teacher.weights().depth()),
                tapped)
            : new TeacherSignals(
                tokens,
                graph.placeHolder(
                    CLASS_TOKENS, DataType.FLOAT, -1, teacher.transformer().classTokens(), D),
                graph.placeHolder(GROUP_1, DataType.FLOAT, -1, D),
                graph.placeHolder(GROUP_2, DataType.FLOAT, -1, D),
                List.of());
    SDVariable studentTokens =
        options.encoderStudent().input() == Input.OWN_EMBEDDING
            ? EncoderStudent.ownEmbedding(layers, image, teacher.weights().patchSize(), weights)
            : tokens;
    return DistillationGraph.build(
        layers,
        signals,
        studentTokens,
        EncoderStudent.of(teacher.transformer(), options.encoderStudent()),
        DecoderStudent.of(teacher.transformer(), options.decoderStudent()),
        options.objective(),
        weights);
  }

  private Map<String, long[]> shapes(Teacher teacher, int side) {
    int D = layers.width();
    long rows = (long) batch * layers.tokens().count();
    Map<String, long[]> shapes = new HashMap<>();
    shapes.put(IMAGE, new long[] {batch, 3, side, side});
    shapes.put(CLASS_TOKENS, new long[] {batch, teacher.transformer().classTokens(), D});
    shapes.put(GROUP_1, new long[] {rows, D});
    shapes.put(GROUP_2, new long[] {rows, D});
    shapes.put(DistillationGraph.NORMAL, new long[] {batch});
    shapes.put(DistillationGraph.MINING_RANK, new long[0]);
    shapes.put(Layers.DROPOUT_STATE, new long[] {2});
    for (Layers.DropoutSite site : layers.dropoutSites()) {
      shapes.put(site.mask(), new long[] {rows, site.columns()});
    }
    return shapes;
  }

  /** Whether the step reads the teacher's features, or runs the teacher itself. */
  boolean needsFeatures() {
    return plan.hasInput(CLASS_TOKENS) || plan.hasInput(GROUP_1);
  }

  /**
   * One optimizer step.
   *
   * @param step from 0
   * @param features of the batch's images, in order
   * @param anomalous known anomalies of the batch
   */
  public StepLosses step(
      int step, TrainingImages images, ImageFeatures[] features, boolean[] anomalous) {
    int normals = 0;
    for (int b = 0; b < batch; b++) {
      normals += anomalous[b] ? 0 : 1;
      if (plan.hasInput(IMAGE)) {
        copy(images.normalized(features[b].pixels()), plan.input(IMAGE), b);
      }
      if (plan.hasInput(CLASS_TOKENS)) {
        copy(features[b].classTokens(), plan.input(CLASS_TOKENS), b);
      }
      if (plan.hasInput(GROUP_1)) {
        copy(features[b].group1(), plan.input(GROUP_1), b);
        copy(features[b].group2(), plan.input(GROUP_2), b);
      }
    }
    if (plan.hasInput(DistillationGraph.NORMAL)) {
      Floats normal = Plan.floats(plan.input(DistillationGraph.NORMAL));
      for (int b = 0; b < batch; b++) {
        normal.set(b, anomalous[b] ? 0 : 1);
      }
    }
    if (plan.hasInput(DistillationGraph.MINING_RANK)) {
      long rank = mining.rank(step, (long) normals * layers.tokens().patches());
      plan.input(DistillationGraph.MINING_RANK).assign(rank - 1);
    }
    dropout(step);
    plan.run();
    double rate = learningRate.at(step);
    StepLosses losses =
        new StepLosses(
            mean(DistillationGraph.LOSSES),
            mean(DistillationGraph.LOSS_ENCODER),
            mean(DistillationGraph.LOSS_DECODER),
            weight(DistillationGraph.WEIGHT_ENCODER),
            weight(DistillationGraph.WEIGHT_DECODER),
            rate);
    if (Double.isFinite(losses.loss())) {
      fetchForOptimizer();
      optimizer.step(step, rate);
    }
    return losses;
  }

  /** The optimizer works in the host's memory; on the CPU there is no other. */
  private void fetchForOptimizer() {
    for (int i = 0; i < trainable.size(); i++) {
      Plan.floats(plan.variable(trainable.get(i)));
      Plan.floats(plan.output(gradients.get(i)));
    }
  }

  private static void copy(float[] values, INDArray batch, int b) {
    Plan.floats(batch).copyFrom(values, 0, b * values.length, values.length);
  }

  private void dropout(int step) {
    long seed = options.training().seed();
    if (plan.hasInput(Layers.DROPOUT_STATE)) {
      plan.input(Layers.DROPOUT_STATE).putScalar(0, seed).putScalar(1, step);
    }
    if (options.lowering() == Lowering.COMPOSED) {
      for (Layers.DropoutSite site : layers.dropoutSites()) {
        Floats mask = Plan.floats(plan.input(site.mask()));
        int size = layers.tokens().count() * site.columns();
        float scale = (float) (1 / (1 - site.rate()));
        for (int b = 0; b < batch; b++) {
          long key = Dropout.key(seed, step, b, site.site());
          for (int e = 0; e < size; e++) {
            mask.set(b * size + e, Dropout.kept(key, e, site.rate()) ? scale : 0);
          }
        }
      }
    }
  }

  private double mean(String name) {
    return lossNames.contains(name) ? sum(name) / batch : Double.NaN;
  }

  /** Mean of dL/dL_E over the batch; the loss, a mean too, has the gradient of each divided. */
  private double weight(String name) {
    if (lossNames.contains(name)) {
      return mean(name);
    }
    String gradient = lossGradients.get(name);
    return gradient == null ? Double.NaN : sum(gradient);
  }

  private double sum(String name) {
    Floats values = Plan.floats(plan.output(name));
    double sum = 0;
    for (int b = 0; b < values.size(); b++) {
      sum += values.get(b);
    }
    return sum;
  }

  /** The students' present weights by name; what the loss does not reach is as it started. */
  public Map<String, HostTensor> weights() {
    Map<String, HostTensor> weights = new TreeMap<>(starting);
    for (String name : trainable) {
      INDArray array = plan.variable(name);
      weights.put(name, new HostTensor(Plan.floats(array).toArray(), array.shape()));
    }
    return weights;
  }

  Map<String, HostTensor> optimizerState() {
    return optimizer.state();
  }

  /** Goes on from a checkpoint's weights and optimizer state. */
  void restore(Map<String, HostTensor> weights, Map<String, HostTensor> optimizerState) {
    for (String name : trainable) {
      HostTensor tensor = weights.get(name);
      Plan.floats(plan.variable(name)).copyFrom(tensor.values(), 0, 0, tensor.values().length);
    }
    optimizer.restore(optimizerState);
  }

  @Override
  public void close() {
    plan.close();
  }

  /** The graph that the plan was compiled from. */
  SameDiff graph() {
    return layers.graph();
  }

  /** The compiled graph, to be looked at. */
  public Plan plan() {
    return plan;
  }
}
