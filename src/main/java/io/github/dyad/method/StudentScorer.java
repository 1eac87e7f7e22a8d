package io.github.dyad.method;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyMap;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.Discrepancy;
import io.github.dyad.anomaly.ImageScorer;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.distillation.StudentGraph;
import io.github.dyad.graph.Plan;
import io.github.dyad.graph.TokenGrid;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.Student;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The teacher and a trained {@link Student} as one. The map is the mean of the pairs' 1 − cos of
 * every patch, the image's score the mean of the map's largest pixels.
 */
public final class StudentScorer implements ImageScorer {
  private final AnomalyConfig config;
  private final AnomalyMap maps;
  private final Plan plan;
  private final List<String> distances;
  private final List<String> teacherTokens;
  private final List<String> studentTokens;
  private final TokenGrid grid;
  private final int width;

  /**
   * @param workers that share the work on one image; scores do not depend on their number
   */
  public StudentScorer(
      Teacher teacher, MethodModel model, Student student, AnomalyConfig config, Workers workers) {
    int side = model.description().crop();
    this.config = config;
    StudentGraph graph =
        StudentGraph.build(
            teacher,
            student,
            model.description().position(),
            side,
            model.description().lowering(),
            (name, shape) -> weight(model, name));
    this.distances = graph.distances().stream().map(SDVariable::name).toList();
    this.teacherTokens = graph.pairs().stream().map(pair -> pair.teacher().name()).toList();
    this.studentTokens = graph.pairs().stream().map(pair -> pair.student().name()).toList();
    this.grid = teacher.grid(side, side);
    this.width = teacher.weights().width();
    this.maps = new AnomalyMap(config, grid.gridHeight(), grid.gridWidth(), side, side);
    this.plan =
        Plan.compile(
            graph.layers(),
            graph.layers().graph(),
            Map.of(StudentGraph.IMAGE, new long[] {1, 3, side, side}),
            Stream.of(distances, teacherTokens, studentTokens).flatMap(List::stream).toList(),
            workers);
  }

  private static float[] weight(MethodModel model, String name) {
    HostTensor tensor = model.tensors().get(name);
    if (tensor == null) {
      throw new InputException("the model's weight " + name + " is missing");
    }
    return tensor.values();
  }

  @Override
  public AnomalyScorer.Result score(float[] image) {
    Plan.floats(plan.input(StudentGraph.IMAGE)).copyFrom(image, 0, 0, image.length);
    plan.run();
    double[][] patches = new double[distances.size()][];
    for (int k = 0; k < patches.length; k++) {
      float[] values = values(distances.get(k));
      patches[k] = new double[values.length];
      for (int p = 0; p < values.length; p++) {
        patches[k][p] = values[p];
      }
    }
    float[] map = maps.of(patches);
    double score = AnomalyMap.topShare(map, config.topShare());
    return new AnomalyScorer.Result(RawScores.ofMethod(score), map);
  }

  @Override
  public Discrepancy discrepancy() {
    return Discrepancy.ofPatches(
        null,
        teacherTokens.stream().map(this::values).toList(),
        studentTokens.stream().map(this::values).toList(),
        grid,
        width);
  }

  private float[] values(String name) {
    return Plan.floats(plan.output(name)).toArray();
  }

  @Override
  public void close() {
    plan.close();
  }
}
