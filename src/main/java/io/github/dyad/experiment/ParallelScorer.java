package io.github.dyad.experiment;

import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.Discrepancy;
import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Sample;
import io.github.dyad.distillation.StudentModel;
import io.github.dyad.kernel.Workers;
import io.github.dyad.teacher.Teacher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Decodes and scores images, as many at once as there are workers; each image by itself. */
final class ParallelScorer implements AutoCloseable {
  private final List<AnomalyScorer> scorers = new ArrayList<>();
  private final ImageSize size;
  private final Workers workers;

  ParallelScorer(Teacher teacher, StudentModel model, AnomalyConfig config, Workers workers) {
    this.workers = workers;
    this.size = new ImageSize(model.description().resize(), model.description().crop());
    for (int i = 0; i < workers.count(); i++) {
      scorers.add(new AnomalyScorer(teacher, model, config));
    }
  }

  /** One result an image, in order. */
  List<AnomalyScorer.Result> results(List<Sample> images) {
    AnomalyScorer.Result[] results = new AnomalyScorer.Result[images.size()];
    workers.run(
        results.length,
        (worker, i) ->
            results[i] = scorers.get(worker).score(ImageReader.load(images.get(i).image(), size)));
    return Arrays.asList(results);
  }

  /** One image's vectors after the other, in order. */
  List<Discrepancy> discrepancies(List<Sample> images) {
    Discrepancy[] vectors = new Discrepancy[images.size()];
    workers.run(
        vectors.length,
        (worker, i) -> {
          AnomalyScorer scorer = scorers.get(worker);
          scorer.score(ImageReader.load(images.get(i).image(), size));
          vectors[i] = scorer.discrepancy();
        });
    return Arrays.asList(vectors);
  }

  @Override
  public void close() {
    scorers.forEach(AnomalyScorer::close);
  }
}
