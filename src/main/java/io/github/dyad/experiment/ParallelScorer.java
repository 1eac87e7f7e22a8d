package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.Discrepancy;
import io.github.dyad.anomaly.ImageScorer;
import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Sample;
import io.github.dyad.kernel.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Decodes and scores images, as many at once as there are workers; each image by itself. */
final class ParallelScorer implements AutoCloseable {
  /** Heat maps reach their hottest colour at twice the largest value of held-back images. */
  private static final double HOTTEST = 2;

  private final List<ImageScorer> scorers = new ArrayList<>();
  private final ImageSize size;
  private final Workers workers;

  /**
   * @param scorer gives a scorer of its own to every worker
   */
  ParallelScorer(ImageSize size, Workers workers, Supplier<ImageScorer> scorer) {
    this.workers = workers;
    this.size = size;
    for (int i = 0; i < workers.count(); i++) {
      scorers.add(scorer.get());
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
          ImageScorer scorer = scorers.get(worker);
          scorer.score(ImageReader.load(images.get(i).image(), size));
          vectors[i] = scorer.discrepancy();
        });
    if (vectors[0] == Discrepancy.NONE) {
      throw new InputException(
          "metrics.features is set, but this model has no students to compare");
    }
    return Arrays.asList(vectors);
  }

  /** The map value that heat maps show as their hottest colour, from held-back images. */
  static double mapScale(List<AnomalyScorer.Result> results) {
    double hottest = 0;
    for (AnomalyScorer.Result result : results) {
      for (int i = 0; result.map() != null && i < result.map().length; i++) {
        hottest = Math.max(hottest, result.map()[i]);
      }
    }
    return hottest > 0 ? HOTTEST * hottest : 1;
  }

  /** One view an image, in order. */
  List<Inspection.View> views(List<Sample> images) {
    Inspection.View[] views = new Inspection.View[images.size()];
    workers.run(
        views.length,
        (worker, i) -> {
          ImageScorer scorer = scorers.get(worker);
          AnomalyScorer.Result result = scorer.score(ImageReader.load(images.get(i).image(), size));
          views[i] = new Inspection.View(result.raw(), result.map(), scorer.discrepancy());
        });
    return Arrays.asList(views);
  }

  @Override
  public void close() {
    scorers.forEach(ImageScorer::close);
  }
}
