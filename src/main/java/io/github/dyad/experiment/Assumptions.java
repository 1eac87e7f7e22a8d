package io.github.dyad.experiment;

import io.github.dyad.experiment.yaml.RecordTree;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The readings of the paper that a trial takes (ALGORITHM.md, assumptions exposed as options). The
 * objective, the fusion and the class tokens at inference have result columns of their own and are
 * not repeated here.
 */
final class Assumptions {
  private static final List<String> KEYS =
      List.of(
          "teacher.position",
          "data.masks",
          "data.locoAuroc",
          "encoderStudent.input",
          "encoderStudent.layerScale",
          "encoderStudent.initStd",
          "decoderStudent.tappedLayers",
          "objective.temperature",
          "objective.distilledTokens",
          "objective.classTokenReduction",
          "objective.classTokenSet",
          "objective.classTokenNormalization",
          "objective.hardMining",
          "optimizer.floor",
          "optimizer.clipping",
          "training.checkpoint",
          "anomaly.decoderScore",
          "anomaly.temperature");

  private Assumptions() {}

  /** {@code key=value} of everything that is not at its default, or {@code default}. */
  static String of(TrialConfig config) {
    Map<String, Object> defaults = RecordTree.flat(TrialConfig.DEFAULTS);
    Map<String, Object> ours = RecordTree.flat(config);
    StringJoiner differing = new StringJoiner(" ");
    differing.setEmptyValue("default");
    for (String key : KEYS) {
      if (!ours.get(key).equals(defaults.get(key))) {
        differing.add(key + "=" + text(ours.get(key)));
      }
    }
    return differing.toString();
  }

  private static String text(Object value) {
    return value instanceof Double number
        ? io.github.dyad.experiment.store.Decimals.shortest(number)
        : value.toString().replace(" ", "");
  }
}
