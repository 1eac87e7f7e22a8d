package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.Require;
import io.github.dyad.metric.Metric;
import java.util.ArrayList;
import java.util.List;

/**
 * What is measured beside the image metrics, which always are.
 *
 * @param pixel the maps against the masks, where the data has masks and the trial has maps; costs
 *     about a tenth of a second an anomalous image
 * @param fprLimit false-positive rate up to which AUPRO is taken
 * @param sproFprLimit the same for MVTec-LOCO's sPRO (Bergmann et al., IJCV 2022, report 0.05)
 * @param features also keep the vectors behind the scores, for pictures such as the paper's Fig. 5;
 *     costs a second pass
 * @param extra metrics of one's own, a column each
 */
public record MetricsConfig(
    boolean pixel, double fprLimit, double sproFprLimit, boolean features, List<Metric> extra) {
  public static final MetricsConfig DEFAULTS = new MetricsConfig(true, 0.3, 0.05, false, List.of());

  public MetricsConfig {
    Require.closed("metrics.fprLimit", fprLimit, Double.MIN_VALUE, 1);
    Require.closed("metrics.sproFprLimit", sproFprLimit, Double.MIN_VALUE, 1);
    extra = List.copyOf(extra);
    List<String> taken = new ArrayList<>(ResultColumn.headers());
    for (Metric metric : extra) {
      if (taken.contains(metric.column())) {
        throw new InputException(
            "metrics.extra names "
                + metric.name()
                + ", but there is a column "
                + metric.column()
                + " already");
      }
      taken.add(metric.column());
    }
  }

  /** The same with other metrics of one's own. */
  MetricsConfig withExtra(List<Metric> other) {
    return new MetricsConfig(pixel, fprLimit, sproFprLimit, features, other);
  }
}
