package io.github.dyad.distillation;

import io.github.dyad.graph.Layers;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.Weights;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.teacher.Teacher;
import java.util.function.BiFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A training's graph in stock ops with the loss {@value #LOSS}, so that {@code SameDiff.fit} can
 * train it on a {@link FeatureIterator}. The Noisy-OR is written as the paper prints it, whose
 * derivative is Eq. (3); in float32 that holds up to losses of about 15. Dropout and hard mining,
 * which need Dyad's own loop, are left out.
 */
final class PlainGraph {
  /** Mean over the batch of what is minimised, a scalar. */
  static final String LOSS = "loss";

  private PlainGraph() {}

  static SameDiff of(
      Teacher teacher,
      TrainingOptions options,
      int side,
      BiFunction<String, long[], float[]> initial) {
    SameDiff graph = SameDiff.create();
    Layers layers =
        new Layers(graph, Lowering.COMPOSED, teacher.grid(side, side), teacher.weights().width());
    Weights weights =
        (name, shape) ->
            graph.hasVariable(name)
                ? graph.getVariable(name)
                : graph.var(
                    name, Nd4j.createFromArray(initial.apply(name, shape)).reshape('c', shape));
    TrainingSession.define(layers, teacher, plain(options), side, weights);
    loss(graph, options.objective()).rename(LOSS);
    graph.setLossVariables(LOSS);
    return graph;
  }

  private static SDVariable loss(SameDiff graph, ObjectiveConfig config) {
    double tau = config.temperature();
    SDVariable lossE = scaled(graph, DistillationGraph.LOSS_ENCODER, tau);
    SDVariable lossD = scaled(graph, DistillationGraph.LOSS_DECODER, tau);
    SDVariable perImage =
        config.objective().of(lossE, lossD, graph.getVariable(DistillationGraph.NORMAL));
    return graph.mean(perImage);
  }

  private static SDVariable scaled(SameDiff graph, String loss, double tau) {
    return graph.hasVariable(loss) ? graph.getVariable(loss).mul(1 / tau) : null;
  }

  private static TrainingOptions plain(TrainingOptions o) {
    DecoderStudentConfig d = o.decoderStudent();
    ObjectiveConfig c = o.objective();
    return new TrainingOptions(
        o.position(),
        o.encoderStudent(),
        new DecoderStudentConfig(d.depth(), 0, d.tappedLayers(), d.initStd(), d.initBound()),
        new ObjectiveConfig(
            c.objective(),
            c.temperature(),
            c.distilledTokens(),
            c.classTokenReduction(),
            c.classTokenSet(),
            c.classTokenNormalization(),
            false,
            c.hardMiningShare(),
            c.hardMiningRamp(),
            c.hardMiningFactor()),
        o.optimizer(),
        o.training(),
        Lowering.COMPOSED,
        o.halfFeatures());
  }
}
