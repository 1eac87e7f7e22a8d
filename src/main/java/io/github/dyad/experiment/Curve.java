package io.github.dyad.experiment;

import io.github.dyad.experiment.store.Decimals;
import java.util.List;

/** A training curve of about a thousand points, as {@code curves/KEY.csv} holds it. */
final class Curve {
  private static final int POINTS = 1000;

  private final int iterations;
  private final int stride;
  private final CsvTable table =
      new CsvTable(
          List.of(
              "step",
              "loss",
              "loss_encoder",
              "loss_decoder",
              "weight_encoder",
              "weight_decoder",
              "learning_rate"));

  Curve(int iterations) {
    this.iterations = iterations;
    this.stride = (iterations + POINTS - 1) / POINTS;
  }

  /** Keeps every stride-th step, and the last. */
  void add(TrainingStep step) {
    if (step.step() % stride == 0 || step.step() == iterations - 1) {
      table.add(
          List.of(
              step.step(),
              number(step.loss()),
              number(step.lossEncoder()),
              number(step.lossDecoder()),
              number(step.weightEncoder()),
              number(step.weightDecoder()),
              number(step.learningRate())));
    }
  }

  String text() {
    return table.text();
  }

  /** Empty for a student that is not trained. */
  static String number(double value) {
    return Double.isNaN(value) ? "" : Decimals.shortest(value);
  }
}
