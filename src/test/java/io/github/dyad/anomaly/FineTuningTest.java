package io.github.dyad.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.distillation.ObjectiveConfig;
import io.github.dyad.distillation.OptimizerConfig;
import io.github.dyad.distillation.StudentModel;
import io.github.dyad.distillation.Trainer;
import io.github.dyad.distillation.TrainingImages;
import io.github.dyad.distillation.TrainingOptions;
import io.github.dyad.graph.Lowering;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.EncoderStudentConfig;
import io.github.dyad.teacher.OnnxTeacher;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.teacher.Teacher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** What a Deeplearning4j user does with a saved student, without Dyad's training. */
@Tag("slow")
final class FineTuningTest {
  private static final int SIDE = 32;

  @Test
  void a_saved_graph_is_tuned_by_plain_samediff_and_scores_in_dyad_again(@TempDir Path folder)
      throws IOException {
    Teacher teacher = new Teacher(OnnxTeacher.open("builtin:dyad-tiny"));
    StudentModel model = untrained(teacher);
    Path file = folder.resolve("graph.fb");
    InferenceGraph.build(teacher, model, Lowering.COMPOSED)
        .layers()
        .graph()
        .save(file.toFile(), false);

    // From here on nothing but SameDiff, until the weights go back.
    SameDiff graph = SameDiff.load(file.toFile(), true);
    SDVariable difference =
        graph
            .getVariable(InferenceGraph.TEACHER_CLASS_TOKENS)
            .sub(graph.getVariable(InferenceGraph.ENCODER_CLASS_TOKENS));
    SDVariable loss = graph.math().square(difference).mean("loss");
    graph.setLossVariables(loss.name());
    graph.setTrainingConfig(
        new TrainingConfig.Builder()
            .updater(new Adam(1e-3))
            .dataSetFeatureMapping(InferenceGraph.IMAGE)
            .markLabelsUnused()
            .build());
    INDArray images = images(4);
    Map<String, INDArray> input = Map.of(InferenceGraph.IMAGE, images);
    double before = graph.output(input, loss.name()).get(loss.name()).getDouble(0);
    MultiDataSet batch = new MultiDataSet(new INDArray[] {images}, new INDArray[0]);
    for (int step = 0; step < 5; step++) {
      graph.fit(batch);
    }
    double after = graph.output(input, loss.name()).get(loss.name()).getDouble(0);
    assertTrue(after < 0.9 * before, "L_E went from " + before + " to " + after);

    StudentModel tuned = model.withWeightsOf(graph);
    double mean = 0;
    try (AnomalyScorer scorer = new AnomalyScorer(teacher, tuned, AnomalyConfig.DEFAULTS)) {
      for (int b = 0; b < 4; b++) {
        mean += scorer.score(images.slice(b).dup('c').data().asFloat()).raw().encoderAll() / 4;
      }
    }
    assertEquals(after, mean, 1e-4 * after); // float32 sums in other orders
  }

  private static StudentModel untrained(Teacher teacher) {
    TrainingOptions options =
        new TrainingOptions(
            PositionRule.GRAPH,
            EncoderStudentConfig.DEFAULTS,
            new DecoderStudentConfig(2, 0, List.of(), 0.01, 0.03),
            ObjectiveConfig.DEFAULTS,
            OptimizerConfig.DEFAULTS,
            io.github.dyad.distillation.TrainingConfig.DEFAULTS,
            Lowering.FUSED,
            false);
    StudentModel.Description description =
        new StudentModel.Description(
            StudentModel.Description.FORMAT,
            "builtin:dyad-tiny",
            teacher.weights().sha256(),
            SIDE,
            SIDE,
            options,
            1);
    try (Workers workers = new Workers(1)) {
      return new StudentModel(
          description, new Trainer(teacher, options, new Blank(), workers).initialWeights());
    }
  }

  /** Nothing is trained here. */
  private record Blank() implements TrainingImages {
    @Override
    public int count() {
      return 8;
    }

    @Override
    public int size() {
      return SIDE;
    }

    @Override
    public byte[] pixels(int image) {
      return new byte[3 * SIDE * SIDE];
    }

    @Override
    public float[] normalized(byte[] pixels) {
      return new float[pixels.length];
    }

    @Override
    public boolean anomalous(int image) {
      return false;
    }
  }

  private static INDArray images(int count) {
    Random random = new Random(1);
    float[] values = new float[count * 3 * SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.createFromArray(values).reshape('c', count, 3, SIDE, SIDE);
  }
}
