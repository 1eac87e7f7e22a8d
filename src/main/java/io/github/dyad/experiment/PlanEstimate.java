package io.github.dyad.experiment;

import io.github.dyad.data.Sample;
import io.github.dyad.distillation.Objective;
import io.github.dyad.distillation.ObjectiveConfig.DistilledTokens;
import io.github.dyad.experiment.Grid.PlannedModel;
import io.github.dyad.experiment.Grid.PlannedRow;
import io.github.dyad.experiment.Grid.PlannedTrial;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a grid will take on this machine, from one short measurement for each teacher and image
 * size.
 *
 * @param trainSeconds of all trainings, the teacher's features included
 * @param scoreSeconds of all scorings; pixel metrics come on top
 * @param memoryBytes of the largest training
 * @param featureBytes kept on disk, each image once
 * @param modelBytes of all trained models
 * @param measurements by teacher and image size, in words
 */
public record PlanEstimate(
    double trainSeconds,
    double scoreSeconds,
    long memoryBytes,
    long featureBytes,
    long modelBytes,
    Map<String, StepMeasurement> measurements) {

  /** Of the students: weights alone; a graph file holds them again, with the teacher. */
  private static final int MODEL_COPIES = 2;

  /** Forward of a step that is forward and backward. */
  private static final double FORWARD = 1.0 / 3;

  public static PlanEstimate of(Grid grid, DistillationEngine engine) {
    Sums sums = new Sums(engine);
    grid.trainings().values().forEach(sums::training);
    for (PlannedTrial trial : grid.trials()) {
      for (PlannedModel model : trial.models()) {
        model.rows().forEach(row -> sums.scoring(model, row));
      }
    }
    return new PlanEstimate(
        sums.trainSeconds,
        sums.scoreSeconds,
        sums.memory,
        sums.features,
        sums.models,
        Map.copyOf(sums.measurements));
  }

  private record Scored(String training, List<Sample> images) {}

  private static final class Sums {
    private final DistillationEngine engine;
    private final Map<String, StepMeasurement> measurements = new HashMap<>();
    private final Set<String> keptFor = new HashSet<>();
    private final Set<Scored> scored = new HashSet<>();
    private double trainSeconds;
    private double scoreSeconds;
    private long memory;
    private long features;
    private long models;

    Sums(DistillationEngine engine) {
      this.engine = engine;
    }

    private StepMeasurement measured(TrainingTask task) {
      int crop = task.part().size().crop();
      return measurements.computeIfAbsent(
          task.teacherFile() + " at " + crop + " px", key -> engine.measure(task));
    }

    void training(TrainingTask task) {
      TrainingPart part = task.part();
      StepMeasurement step = measured(task);
      if (part.method() != null) { // fitted to the features, once
        trainSeconds += task.splits().train().size() * step.featureSeconds();
        memory = Math.max(memory, step.fixedBytes());
        return;
      }
      Objective objective = part.objective().objective();
      int images = task.splits().train().size();
      int batch = Math.min(part.training().batchSize(), images);
      double visits = (double) part.training().iterations() * batch;
      double share =
          step.share(objective, part.decoderStudent().depth(), engine.teacherDepth(task));
      long kept = engine.keptBytes(task);
      boolean teacher =
          objective.trainsDecoder() || part.objective().distilledTokens() == DistilledTokens.CLASS;
      boolean computedOnce = kept > 0 && keptFor.add(part.imagesSha256() + part.size());
      features += computedOnce ? kept : 0;
      if (teacher && kept == 0) {
        trainSeconds += visits * step.featureSeconds();
      } else if (computedOnce) {
        trainSeconds += images * step.featureSeconds();
      }
      trainSeconds += visits * share * step.stepSeconds();
      memory = Math.max(memory, step.fixedBytes() + (long) (batch * share * step.imageBytes()));
      models +=
          Float.BYTES
              * (MODEL_COPIES * step.studentParameters(objective) + step.teacherParameters());
    }

    /** Rows that share training and images share the pass, as in the run. */
    void scoring(PlannedModel model, PlannedRow row) {
      if (scored.add(new Scored(model.trainingKey(), row.test()))) {
        StepMeasurement step = measured(model.task());
        double image = step.featureSeconds() + FORWARD * step.stepSeconds();
        scoreSeconds += row.test().size() * image;
      }
    }
  }
}
