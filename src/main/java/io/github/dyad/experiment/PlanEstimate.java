package io.github.dyad.experiment;

import io.github.dyad.data.Sample;
import io.github.dyad.distillation.Objective;
import io.github.dyad.distillation.ObjectiveConfig.DistilledTokens;
import io.github.dyad.experiment.Grid.PlannedModel;
import io.github.dyad.experiment.Grid.PlannedRow;
import io.github.dyad.experiment.Grid.PlannedTrial;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a grid will take on this machine, from one short measurement for each teacher and image
 * size.
 *
 * @param byDataset in order of appearance
 * @param measurements by teacher and image size, in words
 */
public record PlanEstimate(Map<String, Cost> byDataset, Map<String, StepMeasurement> measurements) {

  /**
   * What some of the trainings take, with their scorings.
   *
   * @param trainSeconds of all trainings, the teacher's features included
   * @param scoreSeconds of all scorings; pixel metrics come on top
   * @param memoryBytes of the largest training
   * @param featureBytes kept on disk, each image once
   * @param modelBytes of all trained models
   */
  public record Cost(
      int trainings,
      double trainSeconds,
      double scoreSeconds,
      long memoryBytes,
      long featureBytes,
      long modelBytes) {
    static final Cost NOTHING = new Cost(0, 0, 0, 0, 0, 0);

    public double seconds() {
      return trainSeconds + scoreSeconds;
    }

    Cost and(Cost other) {
      return new Cost(
          trainings + other.trainings,
          trainSeconds + other.trainSeconds,
          scoreSeconds + other.scoreSeconds,
          Math.max(memoryBytes, other.memoryBytes),
          featureBytes + other.featureBytes,
          modelBytes + other.modelBytes);
    }
  }

  /** Of the students: weights alone; a graph file holds them again, with the teacher. */
  private static final int MODEL_COPIES = 2;

  /** Forward of a step that is forward and backward. */
  private static final double FORWARD = 1.0 / 3;

  public static PlanEstimate of(Grid grid, DistillationEngine engine) {
    Sums sums = new Sums(engine);
    for (PlannedTrial trial : grid.trials()) {
      for (PlannedModel model : trial.models()) {
        sums.training(trial.trial(), model);
        model.rows().forEach(row -> sums.scoring(trial.trial(), model, row));
      }
    }
    return new PlanEstimate(
        Collections.unmodifiableMap(sums.byDataset), Map.copyOf(sums.measurements));
  }

  /** Of the whole grid. */
  public Cost total() {
    return byDataset.values().stream().reduce(Cost.NOTHING, Cost::and);
  }

  private record Scored(String training, List<Sample> images) {}

  private static final class Sums {
    private final DistillationEngine engine;
    private final Map<String, StepMeasurement> measurements = new HashMap<>();
    private final Map<String, Cost> byDataset = new LinkedHashMap<>();
    private final Set<String> trained = new HashSet<>();
    private final Set<String> keptFor = new HashSet<>();
    private final Set<Scored> scored = new HashSet<>();

    Sums(DistillationEngine engine) {
      this.engine = engine;
    }

    private StepMeasurement measured(TrainingTask task) {
      int crop = task.part().size().crop();
      return measurements.computeIfAbsent(
          task.teacherFile() + " at " + crop + " px", key -> engine.measure(task));
    }

    private void add(Trial trial, Cost cost) {
      byDataset.merge(trial.config().data().name(), cost, Cost::and);
    }

    /** Trials share trainings; the first counts. */
    void training(Trial trial, PlannedModel model) {
      if (trained.add(model.trainingKey())) {
        add(trial, training(model.task()));
      }
    }

    private Cost training(TrainingTask task) {
      TrainingPart part = task.part();
      StepMeasurement step = measured(task);
      int images = task.splits().train().size();
      if (part.method() != null) { // fitted to the features, once
        return new Cost(1, images * step.featureSeconds(), 0, step.fixedBytes(), 0, 0);
      }
      Objective objective = part.objective().objective();
      int batch = Math.min(part.training().batchSize(), images);
      double visits = (double) part.training().iterations() * batch;
      double share =
          step.share(objective, part.decoderStudent().depth(), engine.teacherDepth(task));
      long kept = engine.keptBytes(task);
      boolean teacher =
          objective.trainsDecoder() || part.objective().distilledTokens() == DistilledTokens.CLASS;
      boolean computedOnce = kept > 0 && keptFor.add(part.imagesSha256() + part.size());
      double seconds = visits * share * step.stepSeconds();
      if (teacher && kept == 0) {
        seconds += visits * step.featureSeconds();
      } else if (computedOnce) {
        seconds += images * step.featureSeconds();
      }
      return new Cost(
          1,
          seconds,
          0,
          step.fixedBytes() + (long) (batch * share * step.imageBytes()),
          computedOnce ? kept : 0,
          Float.BYTES
              * (MODEL_COPIES * step.studentParameters(objective) + step.teacherParameters()));
    }

    /** Rows that share training and images share the pass, as in the run. */
    void scoring(Trial trial, PlannedModel model, PlannedRow row) {
      if (scored.add(new Scored(model.trainingKey(), row.test()))) {
        StepMeasurement step = measured(model.task());
        double image = step.featureSeconds() + FORWARD * step.stepSeconds();
        add(trial, new Cost(0, 0, row.test().size() * image, 0, 0, 0));
      }
    }
  }
}
