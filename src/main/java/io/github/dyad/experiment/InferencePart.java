package io.github.dyad.experiment;

import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.data.MaskRule;
import io.github.dyad.experiment.yaml.RecordTree;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What decides a trial's scores and metrics once the weights are there.
 *
 * @param anomaly how the students' disagreement becomes a score
 * @param masks at which resolution pixels are judged
 * @param locoAuroc how MVTec-LOCO's two kinds of anomaly are joined
 * @param metrics what is measured
 */
public record InferencePart(
    AnomalyConfig anomaly, MaskRule masks, DataConfig.LocoAuroc locoAuroc, MetricsConfig metrics) {

  public static InferencePart of(TrialConfig config) {
    return new InferencePart(
        config.anomaly(), config.data().masks(), config.data().locoAuroc(), config.metrics());
  }

  /** For keys; those of rows without metrics of one's own do not know that there are such. */
  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>(RecordTree.of(this));
    tree.put("metrics", new HashMap<>((Map<?, ?>) tree.get("metrics")));
    ((Map<?, ?>) tree.get("metrics")).remove("extra");
    return tree;
  }
}
