package io.github.dyad.anomaly;

import io.github.dyad.distillation.ObjectiveConfig.DistilledTokens;
import io.github.dyad.distillation.StudentModel;
import io.github.dyad.distillation.TeacherSignals;
import io.github.dyad.distillation.TrainingOptions;
import io.github.dyad.graph.HiddenStates;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.TokenGrid;
import io.github.dyad.graph.Weights;
import io.github.dyad.student.DecoderStudent;
import io.github.dyad.student.EncoderStudent;
import io.github.dyad.student.EncoderStudentConfig.Input;
import io.github.dyad.student.TappedLayers;
import io.github.dyad.teacher.Teacher;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Teacher and trained students as one graph from image to the tokens that scores are made of. In
 * its composed lowering it is what a model's {@code graph.fb} holds: stock ops that plain SameDiff
 * opens.
 */
public final class InferenceGraph {
  /** (B, 3, side, side), ImageNet-normalised. */
  public static final String IMAGE = "image";

  /** c_T^1..c_T^m, (B, m, D). */
  public static final String TEACHER_CLASS_TOKENS = "teacher_class_tokens";

  /** c_E^1..c_E^m, (B, m, D). */
  public static final String ENCODER_CLASS_TOKENS = "encoder_class_tokens";

  /** F_T^g and F_D^g with class and register rows, (B·N, D); g is 1 or 2. */
  public static final String TEACHER_GROUP = "teacher_group_";

  public static final String DECODER_GROUP = "decoder_group_";

  /** Hidden state j of the teacher, (B·N, D); where patch tokens were distilled. */
  public static final String TEACHER_HIDDEN = "teacher_hidden_";

  public static final String ENCODER_HIDDEN = "encoder_hidden_";

  private final Layers layers;
  private final List<String> outputs = new ArrayList<>();

  private InferenceGraph(Layers layers) {
    this.layers = layers;
  }

  public static InferenceGraph build(Teacher teacher, StudentModel model, Lowering lowering) {
    TrainingOptions options = model.description().options();
    int side = model.description().crop();
    TokenGrid grid = teacher.grid(side, side);
    SameDiff graph = SameDiff.create();
    Layers layers = new Layers(graph, lowering, grid, teacher.weights().width());
    InferenceGraph result = new InferenceGraph(layers);
    Weights weights =
        (name, shape) ->
            graph.hasVariable(name)
                ? graph.getVariable(name)
                : graph.var(
                    name,
                    Nd4j.createFromArray(model.weight(name, shape).values()).reshape('c', shape));
    SDVariable image = graph.placeHolder(IMAGE, DataType.FLOAT, -1, 3, side, side);
    SDVariable tokens = teacher.embed(layers, image, options.position());
    TappedLayers tapped = TappedLayers.of(options.decoderStudent(), teacher.weights().depth());
    boolean patchTokens = options.objective().distilledTokens() == DistilledTokens.PATCH;
    int wholeBlocks = patchTokens ? teacher.weights().depth() : tapped.wholeBlocks();
    HiddenStates hidden = teacher.hiddenStates(layers, tokens, wholeBlocks);
    TeacherSignals signals = TeacherSignals.of(layers, tokens, hidden, tapped);
    if (options.objective().objective().trainsEncoder()) {
      SDVariable studentTokens =
          options.encoderStudent().input() == Input.OWN_EMBEDDING
              ? EncoderStudent.ownEmbedding(layers, image, teacher.weights().patchSize(), weights)
              : tokens;
      HiddenStates student =
          EncoderStudent.of(teacher.transformer(), options.encoderStudent())
              .apply(layers, studentTokens, patchTokens, weights);
      if (patchTokens) {
        for (int j = 0; j < hidden.count(); j++) {
          result.name(hidden.tokens().get(j), TEACHER_HIDDEN + j);
          result.name(student.tokens().get(j), ENCODER_HIDDEN + j);
        }
      } else {
        result.name(signals.classTokens(), TEACHER_CLASS_TOKENS);
        result.name(layers.classTokens(student), ENCODER_CLASS_TOKENS);
      }
    }
    if (options.objective().objective().trainsDecoder()) {
      List<SDVariable> reconstructed =
          DecoderStudent.of(teacher.transformer(), options.decoderStudent())
              .apply(layers, signals.group1(), signals.group2(), false, weights);
      result.name(signals.group1(), TEACHER_GROUP + 1);
      result.name(signals.group2(), TEACHER_GROUP + 2);
      result.name(reconstructed.get(0), DECODER_GROUP + 1);
      result.name(reconstructed.get(1), DECODER_GROUP + 2);
    }
    return result;
  }

  private void name(SDVariable value, String name) {
    value.rename(name);
    outputs.add(name);
  }

  public Layers layers() {
    return layers;
  }

  /** Names of the graph's results; those of a student that was not trained are missing. */
  public List<String> outputs() {
    return List.copyOf(outputs);
  }
}
