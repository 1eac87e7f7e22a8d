package io.github.dyad.experiment;

import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.Discrepancy;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.Sample;
import java.util.List;
import java.util.function.Consumer;

/** A trained model that scores images. */
public interface Scorer extends AutoCloseable {

  /**
   * @param options only the map's and the top share's are looked at, so that trials which differ in
   *     tokens or fusion share one pass over the images
   * @return one for each image, in order; the same bits in whatever company an image is scored
   */
  List<RawScores> score(List<Sample> images, AnomalyConfig options, ScoringListener listener);

  /**
   * The vectors behind the images' scores, in order.
   *
   * @param vectors hears one image after the other
   * @throws io.github.dyad.InputException of a model without students
   */
  void discrepancies(List<Sample> images, AnomalyConfig options, Consumer<Discrepancy> vectors);

  /**
   * Decodes the image now; each run of the result then scores it alone, batch 1, as the paper's
   * Table 5 times it.
   */
  Runnable singleImage(Sample image, AnomalyConfig options);

  @Override
  void close();

  /** Follows a scoring. */
  interface ScoringListener {
    /** So many more images have their scores. */
    void scored(int images);

    /**
     * An image's anomaly map, (mapSize, mapSize), which the listener does not keep; images come in
     * order, and none of a model without decoder student.
     */
    void mapped(Sample image, float[] map);

    /** Asked between batches; when true the scorer throws {@link StoppedException}. */
    boolean stopRequested();
  }
}
