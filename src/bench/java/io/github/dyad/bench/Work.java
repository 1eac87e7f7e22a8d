package io.github.dyad.bench;

import io.github.dyad.InputException;
import java.util.Arrays;

/** What is timed; the clock runs from inputs in memory to the loss as a number. */
enum Work {
  JOINT_STEP(
      "joint-step", "both students on given features: forward, backward, clip, StableAdamW"),
  JOINT_STEP_WITH_TEACHER("joint-step-with-teacher", "the same from images, teacher first"),
  ENCODER_STEP("encoder-step", "the encoder student alone on given features"),
  DECODER_STEP("decoder-step", "the decoder student alone on given features"),
  TEACHER_FORWARD("teacher-forward", "images to class tokens and both group means"),
  OPTIMIZER("optimizer", "clip and StableAdamW on the encoder student's parameters"),
  SCORE("score", "one image to anomaly map and score, teacher and both students");

  final String id;
  final String meaning;

  Work(String id, String meaning) {
    this.id = id;
    this.meaning = meaning;
  }

  static Work named(String id) {
    return Arrays.stream(values())
        .filter(work -> work.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "--works has \""
                        + id
                        + "\"; expected "
                        + String.join(", ", Arrays.stream(values()).map(w -> w.id).toList())));
  }

  boolean isStep() {
    return switch (this) {
      case JOINT_STEP, JOINT_STEP_WITH_TEACHER, ENCODER_STEP, DECODER_STEP -> true;
      case TEACHER_FORWARD, OPTIMIZER, SCORE -> false;
    };
  }

  /** Images that one run of this work takes. */
  int images(Shape shape) {
    return switch (this) {
      case TEACHER_FORWARD -> shape.forwardBatch();
      case SCORE -> 1;
      default -> shape.stepBatch();
    };
  }
}
