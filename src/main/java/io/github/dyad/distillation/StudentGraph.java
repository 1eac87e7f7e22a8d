package io.github.dyad.distillation;

import io.github.dyad.graph.Layers;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.Weights;
import io.github.dyad.student.Student;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.teacher.Teacher;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Teacher and a {@link Student} as one graph, from the image to the distance of every patch.
 *
 * @param layers the graph
 * @param pairs what is compared
 * @param distances by pair, 1 − cos of every patch, (B, h·w)
 */
public record StudentGraph(
    Layers layers, List<Student.TokenPair> pairs, List<SDVariable> distances) {
  /** (B, 3, side, side), ImageNet-normalised. */
  public static final String IMAGE = "image";

  /** Values of a weight by name and shape. */
  @FunctionalInterface
  public interface Values {
    float[] of(String name, long... shape);
  }

  public static StudentGraph build(
      Teacher teacher,
      Student student,
      PositionRule position,
      int side,
      Lowering lowering,
      Values values) {
    SameDiff graph = SameDiff.create();
    Layers layers =
        new Layers(graph, lowering, teacher.grid(side, side), teacher.weights().width());
    Weights weights =
        (name, shape) ->
            graph.hasVariable(name)
                ? graph.getVariable(name)
                : graph.var(name, Nd4j.createFromArray(values.of(name, shape)).reshape('c', shape));
    SDVariable image = graph.placeHolder(IMAGE, DataType.FLOAT, -1, 3, side, side);
    SDVariable tokens = teacher.embed(layers, image, position);
    List<Student.TokenPair> pairs =
        student.apply(layers, teacher.transformer(), teacher.hiddenStates(layers, tokens), weights);
    List<SDVariable> distances = new ArrayList<>();
    pairs.forEach(pair -> distances.add(oneMinusCosine(layers, pair)));
    return new StudentGraph(layers, pairs, distances);
  }

  /** Of every patch, (B, h·w). */
  private static SDVariable oneMinusCosine(Layers layers, Student.TokenPair pair) {
    SameDiff graph = layers.graph();
    SDVariable t = layers.patchTokens(pair.teacher());
    SDVariable s = layers.patchTokens(pair.student());
    SDVariable dot = graph.sum(t.mul(s), 2);
    SDVariable norms = norm(graph, t).mul(norm(graph, s)).add(ReconstructionLoss.COSINE_GUARD);
    return dot.div(norms).rsub(1.0);
  }

  private static SDVariable norm(SameDiff graph, SDVariable x) {
    return graph.math().sqrt(graph.sum(graph.math().square(x), 2));
  }

  /** Σ over pairs of the mean over patches, mean over the batch: a scalar. */
  SDVariable loss() {
    SDVariable sum = null;
    for (SDVariable distance : distances) {
      SDVariable mean = layers.graph().mean(distance);
      sum = sum == null ? mean : sum.add(mean);
    }
    return sum;
  }
}
