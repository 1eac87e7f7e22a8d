package io.github.dyad.experiment;

import io.github.dyad.Require;

/**
 * What is measured beside the image metrics, which always are.
 *
 * @param pixel the maps against the masks, where the data has masks and the trial has maps; costs
 *     about a tenth of a second an anomalous image
 * @param fprLimit false-positive rate up to which AUPRO is taken
 * @param sproFprLimit the same for MVTec-LOCO's sPRO (Bergmann et al., IJCV 2022, report 0.05)
 * @param features also keep the vectors behind the scores, for pictures such as the paper's Fig. 5;
 *     costs a second pass
 */
public record MetricsConfig(boolean pixel, double fprLimit, double sproFprLimit, boolean features) {
  public static final MetricsConfig DEFAULTS = new MetricsConfig(true, 0.3, 0.05, false);

  public MetricsConfig {
    Require.closed("metrics.fprLimit", fprLimit, Double.MIN_VALUE, 1);
    Require.closed("metrics.sproFprLimit", sproFprLimit, Double.MIN_VALUE, 1);
  }
}
