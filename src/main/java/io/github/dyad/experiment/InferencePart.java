package io.github.dyad.experiment;

import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.data.MaskRule;

/**
 * What decides a trial's scores and metrics once the weights are there.
 *
 * @param anomaly how the students' disagreement becomes a score
 * @param masks at which resolution pixels are judged
 * @param locoAuroc how MVTec-LOCO's two kinds of anomaly are joined
 * @param metrics what is measured of the pixels
 */
public record InferencePart(
    AnomalyConfig anomaly, MaskRule masks, DataConfig.LocoAuroc locoAuroc, MetricsConfig metrics) {

  public static InferencePart of(TrialConfig config) {
    return new InferencePart(
        config.anomaly(), config.data().masks(), config.data().locoAuroc(), config.metrics());
  }
}
