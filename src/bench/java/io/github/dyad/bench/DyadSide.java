package io.github.dyad.bench;

import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.ImageScore;
import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.distillation.Optimizer;
import io.github.dyad.distillation.StudentModel;
import io.github.dyad.distillation.TeacherSignals;
import io.github.dyad.distillation.TrainingSession;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.Plan;
import io.github.dyad.kernel.Floats;
import io.github.dyad.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** Dyad itself, in this process, by the classes that trainings and scorings use. */
final class DyadSide implements Side {
  /** A work whose inputs are in memory. */
  private interface Run {
    void step();

    double loss();

    /** The compiled graph; null where there is none. */
    Plan plan();
  }

  private final Run run;

  DyadSide(Case given) {
    this.run =
        switch (given.work()) {
          case JOINT_STEP, ENCODER_STEP, DECODER_STEP -> new Training(given, false);
          case JOINT_STEP_WITH_TEACHER -> new Training(given, true);
          case TEACHER_FORWARD -> new TeacherForward(given);
          case OPTIMIZER -> new OptimizerStep(given);
          case SCORE -> new Scoring(given);
        };
  }

  @Override
  public Timing steps(int count) {
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      run.step();
    }
    double milliseconds = (System.nanoTime() - start) / 1e6 / count;
    return new Timing(milliseconds, run.loss());
  }

  Plan plan() {
    return run.plan();
  }

  @Override
  public double cpuSeconds() {
    return Load.cpuSeconds(ProcessHandle.current());
  }

  @Override
  public void close() {}

  private static final class Training implements Run {
    private final Case given;
    private final boolean teacherFirst;
    private final TrainingSession session;
    private final ImageFeatures[] features;
    private final int[] indices;
    private final boolean[] anomalous;
    private int step;
    private double loss;

    Training(Case given, boolean teacherFirst) {
      this.given = given;
      this.teacherFirst = teacherFirst;
      this.features = given.features();
      this.indices = new int[features.length];
      for (int i = 0; i < indices.length; i++) {
        indices[i] = i;
      }
      this.anomalous = new boolean[features.length];
      this.session = given.session();
    }

    @Override
    public void step() {
      if (teacherFirst) {
        given.extractor().extract(given.images(), indices, features, features.length);
      }
      loss = session.step(step++, given.images(), features, anomalous).loss();
    }

    @Override
    public double loss() {
      return loss;
    }

    @Override
    public Plan plan() {
      return session.plan();
    }
  }

  /** All images in one pass, whose tasks the workers share. */
  private static final class TeacherForward implements Run {
    private final Plan plan;
    private final String classTokens;

    TeacherForward(Case given) {
      int side = given.shape().side();
      SameDiff graph = SameDiff.create();
      int D = given.teacher().weights().width();
      Layers layers =
          new Layers(graph, given.options().lowering(), given.teacher().grid(side, side), D);
      SDVariable image = graph.placeHolder("image", DataType.FLOAT, -1, 3, side, side);
      SDVariable tokens = given.teacher().embed(layers, image, given.options().position());
      TeacherSignals signals =
          TeacherSignals.of(
              layers,
              tokens,
              given.teacher().hiddenStates(layers, tokens, given.tapped().wholeBlocks()),
              given.tapped());
      classTokens = signals.classTokens().name();
      float[] pixels = given.images().batch();
      plan =
          Plan.compile(
              layers,
              graph,
              Map.of("image", new long[] {given.images().count(), 3, side, side}),
              List.of(classTokens, signals.group1().name(), signals.group2().name()),
              given.workers());
      Plan.floats(plan.input("image")).copyFrom(pixels, 0, 0, pixels.length);
    }

    @Override
    public void step() {
      plan.run();
    }

    /** Mean square of the class tokens. */
    @Override
    public double loss() {
      double sum = 0;
      float[] tokens = Plan.floats(plan.output(classTokens)).toArray();
      for (float x : tokens) {
        sum += (double) x * x;
      }
      return sum / tokens.length;
    }

    @Override
    public Plan plan() {
      return plan;
    }
  }

  private static final class OptimizerStep implements Run {
    private final Optimizer optimizer;
    private final List<float[]> start = new ArrayList<>();
    private final List<Floats> parameters = new ArrayList<>();
    private int step;

    OptimizerStep(Case given) {
      optimizer = new Optimizer(given.options().optimizer(), given.workers());
      Map<String, HostTensor> weights = CaseFile.studentWeights(given);
      CaseFile.gradients(given)
          .forEach(
              (name, gradient) -> {
                start.add(weights.get(name).values());
                parameters.add(Floats.copyOf(weights.get(name).values()));
                optimizer.add(
                    name,
                    parameters.get(parameters.size() - 1),
                    Floats.copyOf(gradient.values()));
              });
    }

    @Override
    public void step() {
      optimizer.step(step++, Case.LEARNING_RATE);
    }

    /** √Σ(θ − θ₀)². */
    @Override
    public double loss() {
      double sum = 0;
      for (int i = 0; i < start.size(); i++) {
        float[] now = parameters.get(i).toArray();
        for (int j = 0; j < now.length; j++) {
          double moved = (double) now[j] - start.get(i)[j];
          sum += moved * moved;
        }
      }
      return Math.sqrt(sum);
    }

    @Override
    public Plan plan() {
      return null;
    }
  }

  private static final class Scoring implements Run {
    private final AnomalyScorer scorer;
    private final float[] image;
    private double score;

    Scoring(Case given) {
      StudentModel model =
          new StudentModel(
              new StudentModel.Description(
                  StudentModel.Description.FORMAT,
                  given.shape().name(),
                  "",
                  given.shape().side(),
                  given.shape().side(),
                  given.options(),
                  1),
              CaseFile.studentWeights(given));
      scorer =
          new AnomalyScorer(given.teacher(), model, AnomalyConfig.DEFAULTS, given.workers());
      image = given.images().batch();
    }

    @Override
    public void step() {
      score = ImageScore.of(scorer.score(image).raw(), AnomalyConfig.DEFAULTS).score();
    }

    @Override
    public double loss() {
      return score;
    }

    @Override
    public Plan plan() {
      return null;
    }
  }
}
