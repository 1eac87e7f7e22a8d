package io.github.dyad.distillation;

import io.github.dyad.graph.FusedOp;
import io.github.dyad.graph.FusedOps;
import io.github.dyad.kernel.Floats;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * {@link JointObjective} as one op: (the trained students' losses (B) each, t (B)) → values (B),
 * effective weights (B) each.
 */
public final class JointObjectiveOp extends FusedOp {
  static {
    FusedOps.register(List.of(JointObjectiveOp::new));
  }

  public JointObjectiveOp() {}

  private JointObjectiveOp(SameDiff graph, ObjectiveConfig config, SDVariable... inputs) {
    super(graph, inputs);
    addIArgument(JointObjective.TAKEN.indexOf(config.objective()));
    addTArgument(config.temperature());
  }

  /** Names the outputs as {@link DistillationGraph} says and returns the mean to differentiate. */
  static SDVariable of(
      SameDiff graph,
      ObjectiveConfig config,
      SDVariable lossE,
      SDVariable lossD,
      SDVariable normal) {
    List<SDVariable> inputs = new ArrayList<>();
    List<String> names = new ArrayList<>(List.of(DistillationGraph.LOSSES));
    if (lossE != null) {
      inputs.add(lossE);
      names.add(DistillationGraph.WEIGHT_ENCODER);
    }
    if (lossD != null) {
      inputs.add(lossD);
      names.add(DistillationGraph.WEIGHT_DECODER);
    }
    inputs.add(normal);
    SDVariable[] outputs =
        new JointObjectiveOp(graph, config, inputs.toArray(SDVariable[]::new)).outputVariables();
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = outputs[i].rename(names.get(i));
    }
    return graph.mean(outputs[0]);
  }

  private Objective objective() {
    return JointObjective.TAKEN.get(ints(0));
  }

  @Override
  public int getNumOutputs() {
    return args().length; // the value, and a weight for every loss
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> inputs) {
    return Collections.nCopies(inputs.size(), inputs.get(0));
  }

  @Override
  protected Runnable bind(Memory m) {
    Objective objective = objective();
    double temperature = real(0);
    Floats lossE = objective.trainsEncoder() ? m.in(0) : null;
    Floats lossD = objective.trainsDecoder() ? m.in(lossE == null ? 0 : 1) : null;
    Floats normal = m.in(args().length - 1);
    Floats value = m.out(0);
    Floats weightE = lossE == null ? null : m.out(1);
    Floats weightD = lossD == null ? null : m.out(lossE == null ? 1 : 2);
    int B = normal.size();
    return () -> {
      for (int b = 0; b < B; b++) {
        JointObjective image =
            JointObjective.of(
                objective,
                temperature,
                lossE == null ? 0 : lossE.get(b),
                lossD == null ? 0 : lossD.get(b),
                normal.get(b));
        set(value, b, image.loss());
        set(weightE, b, image.weightE());
        set(weightD, b, image.weightD());
      }
    };
  }

  private static void set(Floats values, int b, double value) {
    if (values != null) {
      values.set(b, (float) value);
    }
  }

  /** Eq. (3): dL/dL_E = w_E, dL/dL_D = w_D. */
  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> result = new ArrayList<>();
    SDVariable[] outputs = outputVariables();
    for (int i = 1; i < outputs.length; i++) {
      result.add(gradients.get(0).mul(outputs[i]));
    }
    return result;
  }
}
