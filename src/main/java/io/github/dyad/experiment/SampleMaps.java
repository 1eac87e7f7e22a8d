package io.github.dyad.experiment;

import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Sample;
import io.github.dyad.distillation.StudentModel;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Scores a few test images with students in training. Nothing is made before it is asked for; on
 * one thread, so that it can be told how long it takes.
 */
final class SampleMaps implements AutoCloseable {
  private static final int OF_EACH_LABEL = 2;

  private final Teacher teacher;
  private final TrainingTask task;
  private AnomalyScorer scorer;

  SampleMaps(Teacher teacher, TrainingTask task) {
    this.teacher = teacher;
    this.task = task;
  }

  /** Anomalous images first, then normal ones: the first of each in the split's order. */
  List<SampleMap> of(Map<String, HostTensor> weights) {
    AnomalyConfig config = AnomalyConfig.DEFAULTS;
    if (scorer == null) {
      StudentModel model =
          DistillationEngine.describe(task, DistillationEngine.options(task.part()), weights, 1);
      scorer = new AnomalyScorer(teacher, model, config);
    } else {
      scorer.use(weights);
    }
    ImageSize size = task.part().size();
    List<SampleMap> maps = new ArrayList<>();
    for (boolean anomalous : new boolean[] {true, false}) {
      for (Sample sample : first(anomalous)) {
        AnomalyScorer.Result result = scorer.score(ImageReader.load(sample.image(), size));
        maps.add(new SampleMap(sample, result.raw(), result.map(), config.mapSize(), size));
      }
    }
    return maps;
  }

  private List<Sample> first(boolean anomalous) {
    return task.splits().test().stream()
        .filter(sample -> sample.anomalous() == anomalous)
        .limit(OF_EACH_LABEL)
        .toList();
  }

  @Override
  public void close() {
    if (scorer != null) {
      scorer.close();
    }
  }
}
