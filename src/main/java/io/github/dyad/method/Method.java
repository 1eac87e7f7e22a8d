package io.github.dyad.method;

import io.github.dyad.Extension;
import io.github.dyad.tensor.HostTensor;
import java.util.Map;

/**
 * A way to find anomalies with the frozen teacher alone: a baseline, or one of your own. In an
 * experiment file it is {@code method: NAME}, its options stand below {@code options.NAME}, and it
 * takes part in grids as the students do.
 */
public interface Method extends Extension {

  /**
   * Learns what is normal.
   *
   * @param images the training normals; known anomalies and held-back images are not among them
   * @return all that scoring needs, by name; it becomes the model's file
   */
  Map<String, HostTensor> fit(TrainingFeatures images);

  /**
   * Opens what {@link #fit} gave.
   *
   * @param shape of the images that will be judged
   */
  FittedMethod open(Map<String, HostTensor> model, FeatureShape shape);
}
