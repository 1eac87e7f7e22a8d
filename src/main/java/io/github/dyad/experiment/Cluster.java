package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.experiment.RunListener.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Machines that take over trainings and scorings; a Maven profile brings one. All of them see the
 * experiment file, the images, the teacher and the results under the same paths.
 */
public interface Cluster extends AutoCloseable {

  /** Found by the {@link ServiceLoader}. */
  interface Provider {
    /**
     * @param master where the cluster is, such as {@code spark://host:7077}
     * @param workers threads of one task
     */
    Cluster connect(String master, int workers);
  }

  /**
   * What every machine needs to know of a grid.
   *
   * @param experiment its file
   * @param smoke with the overrides of {@code smoke}
   * @param results the results folder
   * @param checkpointEvery time between a training's checkpoints
   */
  record GridOrder(Path experiment, boolean smoke, Path results, Duration checkpointEvery) {}

  /**
   * What every machine needs to know to score images.
   *
   * @param model a model's folder
   * @param quantile of held-back normals that is the threshold
   */
  record ScoringOrder(Path model, AnomalyConfig config, double quantile) {}

  /**
   * One image's score.
   *
   * @param threshold NaN if the model held no images back
   */
  record ScoredImage(Path image, double score, double threshold, boolean anomalous) {}

  /**
   * Does trainings, each with the rows that need it, in the results folder.
   *
   * @param trainingKeys {@link Grid#trainings}
   * @return what did not get done; the rest is done all the same
   * @throws StoppedException after checkpoints, when {@code stop} became true
   */
  List<Failure> run(GridOrder order, List<String> trainingKeys, BooleanSupplier stop);

  /**
   * Scores images in their order, a bounded number of them at a time.
   *
   * @throws InputException at the first image that cannot be read, after those before it
   */
  void score(ScoringOrder order, Iterator<Path> images, Consumer<ScoredImage> scored);

  @Override
  void close();

  /**
   * @throws InputException when this build has no cluster, or there is none at that place
   */
  static Cluster connect(String master, int workers) {
    return ServiceLoader.load(Provider.class)
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "--spark: this build is without Spark; ./dyad builds it when asked for, or"
                        + " mvn -Pspark package"))
        .connect(master, workers);
  }
}
