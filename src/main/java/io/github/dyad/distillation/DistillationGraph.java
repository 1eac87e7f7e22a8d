package io.github.dyad.distillation;

import io.github.dyad.distillation.ObjectiveConfig.DistilledTokens;
import io.github.dyad.graph.HiddenStates;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.Weights;
import io.github.dyad.student.DecoderStudent;
import io.github.dyad.student.EncoderStudent;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The training graph: both students, their losses, and the objective that joins them (paper, 3.4).
 *
 * <p>The variable {@link #OBJECTIVE} has the objective's gradient (Eq. 3): the sum of the students'
 * losses, each times its effective weight as a constant. {@link #LOSSES} has its value. An
 * objective that is not Dyad's own is differentiated as it stands.
 */
public final class DistillationGraph {
  /** t (B): 1 normal, 0 known anomaly. */
  public static final String NORMAL = "normal";

  /** k − 1 of the hard mining: the threshold's place in descending order, INT64 scalar. */
  public static final String MINING_RANK = "mining_rank";

  /** −[t·log P + (1 − t)·log(1 − P)] per image, (B). */
  public static final String LOSSES = "losses";

  /** L_E per image, (B). */
  public static final String LOSS_ENCODER = "loss_encoder";

  /** L_D per image, (B). */
  public static final String LOSS_DECODER = "loss_decoder";

  /**
   * dL/dL_E per image, (B), before the mean over the batch; of an objective that is composed it is
   * the gradient of {@link #LOSS_ENCODER} instead.
   */
  public static final String WEIGHT_ENCODER = "weight_encoder";

  /** dL/dL_D per image, (B). */
  public static final String WEIGHT_DECODER = "weight_decoder";

  /** What SameDiff differentiates, a scalar. */
  public static final String OBJECTIVE = "objective";

  private final Layers layers;
  private final SameDiff graph;
  private final ObjectiveConfig config;
  private final SDVariable normal;

  private DistillationGraph(Layers layers, ObjectiveConfig config) {
    this.layers = layers;
    this.graph = layers.graph();
    this.config = config;
    this.normal = graph.placeHolder(NORMAL, DataType.FLOAT, -1);
  }

  /**
   * Adds students and objective to the graph.
   *
   * @param teacher constant
   * @param studentTokens what the encoder student reads, (B·N, D)
   * @param weights the students' trainable weights
   * @return the variable to differentiate
   */
  public static SDVariable build(
      Layers layers,
      TeacherSignals teacher,
      SDVariable studentTokens,
      EncoderStudent encoderStudent,
      DecoderStudent decoderStudent,
      ObjectiveConfig config,
      Weights weights) {
    DistillationGraph builder = new DistillationGraph(layers, config);
    SDVariable lossE = null;
    SDVariable lossD = null;
    if (config.objective().trainsEncoder()) {
      boolean allTokens = config.distilledTokens() == DistilledTokens.PATCH;
      HiddenStates student = encoderStudent.apply(layers, studentTokens, allTokens, weights);
      lossE = builder.lossEncoder(teacher, student).rename(LOSS_ENCODER);
    }
    if (config.objective().trainsDecoder()) {
      List<SDVariable> reconstructed =
          decoderStudent.apply(layers, teacher.group1(), teacher.group2(), true, weights);
      lossD = builder.lossDecoder(teacher, reconstructed).rename(LOSS_DECODER);
    }
    return builder.objective(lossE, lossD).rename(OBJECTIVE);
  }

  /** Eq. (2). */
  private SDVariable lossEncoder(TeacherSignals teacher, HiddenStates student) {
    ClassTokenLoss loss = new ClassTokenLoss(layers, config);
    return config.distilledTokens() == DistilledTokens.CLASS
        ? loss.ofClassTokens(teacher.classTokens(), student)
        : loss.ofPatchTokens(teacher.hidden(), student.tokens());
  }

  /** Eq. (1). */
  private SDVariable lossDecoder(TeacherSignals teacher, List<SDVariable> reconstructed) {
    double factor = config.hardMining() ? config.hardMiningFactor() : 1;
    SDVariable rank = graph.placeHolder(MINING_RANK, DataType.INT64);
    return new ReconstructionLoss(layers, factor)
        .of(
            teacher.group1(),
            teacher.group2(),
            reconstructed.get(0),
            reconstructed.get(1),
            rank,
            normal);
  }

  /** −log p = L/τ. */
  private SDVariable negativeLog(SDVariable loss) {
    return loss == null ? null : loss.mul(1 / config.temperature());
  }

  /** Joins the losses, (B) each; one of them is null where one student is trained alone. */
  private SDVariable objective(SDVariable lossE, SDVariable lossD) {
    if (!JointObjective.TAKEN.contains(config.objective())) {
      SDVariable losses =
          config.objective().of(negativeLog(lossE), negativeLog(lossD), normal).rename(LOSSES);
      return graph.mean(losses);
    }
    return layers.lowering() == Lowering.FUSED
        ? JointObjectiveOp.of(graph, config, lossE, lossD, normal)
        : new ComposedObjective(graph, config, normal).of(lossE, lossD);
  }
}
