package io.github.dyad.anomaly;

import io.github.dyad.distillation.ObjectiveConfig;
import io.github.dyad.distillation.ObjectiveConfig.DistilledTokens;
import io.github.dyad.distillation.StudentModel;
import io.github.dyad.graph.Plan;
import io.github.dyad.graph.TokenGrid;
import io.github.dyad.kernel.Workers;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/**
 * Scores images, one at a time (ALGORITHM.md, inference). Not for several threads at once: make one
 * scorer a thread.
 */
public final class AnomalyScorer implements ImageScorer {
  /**
   * What one image gives.
   *
   * @param map (mapSize, mapSize), or null where the decoder student was not trained
   */
  public record Result(RawScores raw, float[] map) {}

  private static final double COSINE_GUARD = 1e-8;

  private final ObjectiveConfig objective;
  private final AnomalyConfig config;
  private final TokenGrid grid;
  private final int width;
  private final int side;
  private final TokenDistance distance;
  private final AnomalyMap maps;
  private final Plan plan;

  /**
   * @param config of these only the map's and the top share's options matter here
   */
  public AnomalyScorer(Teacher teacher, StudentModel model, AnomalyConfig config) {
    this(teacher, model, config, new Workers(1));
  }

  /**
   * @param workers that share the work on one image; scores do not depend on their number
   */
  public AnomalyScorer(Teacher teacher, StudentModel model, AnomalyConfig config, Workers workers) {
    this.objective = model.description().options().objective();
    this.config = config;
    this.width = teacher.weights().width();
    this.side = model.description().crop();
    this.grid = teacher.grid(side, side);
    this.distance = new TokenDistance(objective, width);
    this.maps = new AnomalyMap(config, grid.gridHeight(), grid.gridWidth(), side, side);
    InferenceGraph graph =
        InferenceGraph.build(teacher, model, model.description().options().lowering());
    this.plan =
        Plan.compile(
            graph.layers(),
            graph.layers().graph(),
            Map.of(InferenceGraph.IMAGE, new long[] {1, 3, side, side}),
            graph.outputs(),
            workers);
  }

  @Override
  public Result score(float[] image) {
    Plan.floats(plan.input(InferenceGraph.IMAGE)).copyFrom(image, 0, 0, image.length);
    plan.run();
    double encoderLast = Double.NaN;
    double encoderAll = Double.NaN;
    double decoderTop = Double.NaN;
    double decoderLoss = Double.NaN;
    float[] map = null;
    if (objective.objective().trainsEncoder()) {
      double[] scores =
          objective.distilledTokens() == DistilledTokens.CLASS ? classTokens() : patchTokens();
      encoderLast = scores[0];
      encoderAll = scores[1];
    }
    if (objective.objective().trainsDecoder()) {
      Group first = group(1);
      Group second = group(2);
      decoderLoss = 0.5 * (first.flattened + second.flattened); // Eq. (1)
      map = maps.of(first.patches, second.patches);
      decoderTop = AnomalyMap.topShare(map, config.topShare());
    }
    return new Result(new RawScores(encoderLast, encoderAll, decoderTop, decoderLoss), map);
  }

  /** Takes other weights of the same students, such as those of a later step. */
  public void use(Map<String, HostTensor> weights) {
    weights.forEach(
        (name, tensor) -> {
          if (plan.hasVariable(name)) {
            Plan.floats(plan.variable(name))
                .copyFrom(tensor.values(), 0, 0, tensor.values().length);
          }
        });
  }

  @Override
  public Discrepancy discrepancy() {
    float[] encoder = null;
    if (plan.hasOutput(InferenceGraph.ENCODER_CLASS_TOKENS)) {
      float[] teacher = values(InferenceGraph.TEACHER_CLASS_TOKENS);
      float[] student = values(InferenceGraph.ENCODER_CLASS_TOKENS);
      encoder = new float[width];
      for (int i = 0; i < width; i++) {
        int last = teacher.length - width + i;
        encoder[i] = teacher[last] - student[last];
      }
    }
    if (!objective.objective().trainsDecoder()) {
      return new Discrepancy(encoder, null, null, grid.gridHeight(), grid.gridWidth());
    }
    return Discrepancy.ofPatches(
        encoder,
        List.of(values(InferenceGraph.TEACHER_GROUP + 1), values(InferenceGraph.TEACHER_GROUP + 2)),
        List.of(values(InferenceGraph.DECODER_GROUP + 1), values(InferenceGraph.DECODER_GROUP + 2)),
        grid,
        width);
  }

  /** s_E of the last token, and of all. */
  private double[] classTokens() {
    float[] teacher = values(InferenceGraph.TEACHER_CLASS_TOKENS);
    float[] student = values(InferenceGraph.ENCODER_CLASS_TOKENS);
    int m = distance.count(teacher.length / width);
    return new double[] {
      distance.mse(teacher, student, (m - 1) * width, 1), distance.mse(teacher, student, 0, m)
    };
  }

  private double[] patchTokens() {
    int m = 0;
    while (plan.hasOutput(InferenceGraph.TEACHER_HIDDEN + m)) {
      m++;
    }
    m = distance.count(m);
    double last = 0;
    double sum = 0;
    for (int j = 0; j < m; j++) {
      last =
          distance.mse(
              values(InferenceGraph.TEACHER_HIDDEN + j),
              values(InferenceGraph.ENCODER_HIDDEN + j),
              grid.prefix() * width,
              grid.patches());
      sum += last;
    }
    return new double[] {last, sum / m};
  }

  /**
   * One group's discrepancy.
   *
   * @param patches 1 − cos of every patch
   * @param flattened 1 − cos of all patches as one vector
   */
  private record Group(double[] patches, double flattened) {}

  private Group group(int g) {
    float[] teacher = values(InferenceGraph.TEACHER_GROUP + g);
    float[] student = values(InferenceGraph.DECODER_GROUP + g);
    double[] patches = new double[grid.patches()];
    double dot = 0;
    double teacherSquares = 0;
    double studentSquares = 0;
    for (int p = 0; p < patches.length; p++) { // class and register rows are dropped
      int at = (grid.prefix() + p) * width;
      double td = 0;
      double tt = 0;
      double dd = 0;
      for (int i = at; i < at + width; i++) {
        td += (double) teacher[i] * student[i];
        tt += (double) teacher[i] * teacher[i];
        dd += (double) student[i] * student[i];
      }
      patches[p] = oneMinusCosine(td, tt, dd);
      dot += td;
      teacherSquares += tt;
      studentSquares += dd;
    }
    return new Group(patches, oneMinusCosine(dot, teacherSquares, studentSquares));
  }

  private static double oneMinusCosine(double td, double tt, double dd) {
    return 1 - td / Math.max(Math.sqrt(tt) * Math.sqrt(dd), COSINE_GUARD);
  }

  @Override
  public void close() {
    plan.close();
  }

  private float[] values(String name) {
    return Plan.floats(plan.output(name)).toArray();
  }
}
