package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.Fusion;
import io.github.dyad.distillation.Objective;
import io.github.dyad.experiment.yaml.RecordTree;

/**
 * One fully resolved point of a grid: a training part, which decides the weights, and an inference
 * part, which decides the scores.
 *
 * @param name readable and stable, such as {@code noisy-or-last_fashion-mnist_s0}; a folder's name
 * @param config what the experiment file says, over the defaults
 */
public record Trial(String name, TrialConfig config) {

  public Trial {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._+-]{0,150}")) {
      throw new InputException(
          "the trial's name \""
              + name
              + "\" cannot name a folder; expected at most 150 letters, digits and . _ + -");
    }
    if (config.otherMethod().isEmpty()) {
      requireTrained(name, config.objective().objective(), config.anomaly().fusion());
    }
  }

  private static void requireTrained(String name, Objective objective, Fusion fusion) {
    boolean needsEncoder = fusion.needsEncoder();
    boolean needsDecoder = fusion.needsDecoder();
    if (needsEncoder && !objective.trainsEncoder() || needsDecoder && !objective.trainsDecoder()) {
      throw new InputException(
          "trial "
              + name
              + ": anomaly.fusion is "
              + fusion.name()
              + ", but objective.objective "
              + objective.name()
              + " trains one student only; expected anomaly.fusion "
              + (objective.trainsEncoder() ? "encoder" : "decoder"));
    }
  }

  /**
   * Whose scores count: {@code encoder}, {@code decoder} or {@code both}, or the name of a method.
   */
  public String students() {
    if (config.otherMethod().isPresent()) {
      return config.method();
    }
    Fusion fusion = config.anomaly().fusion();
    if (!fusion.needsDecoder()) {
      return "encoder";
    }
    return fusion.needsEncoder() ? "both" : "decoder";
  }

  /** {@code last} or {@code all}; empty where no class token is looked at. */
  public String classTokens() {
    return config.otherMethod().isPresent() || !config.anomaly().fusion().needsEncoder()
        ? ""
        : RecordTree.kebab(config.anomaly().classTokens());
  }

  /** What was minimised; empty for a method that minimises nothing. */
  public String objective() {
    return config.otherMethod().isPresent() ? "" : config.objective().objective().name();
  }

  /** How the students' scores are joined; empty for a method without students. */
  public String fusion() {
    return config.otherMethod().isPresent() ? "" : config.anomaly().fusion().name();
  }
}
