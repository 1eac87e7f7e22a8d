package io.github.dyad.experiment;

/**
 * A rough common measure of training and scoring, for remaining times: an image through the teacher
 * or a student, forward, is one unit. Backward counts twice forward.
 */
final class RunWork {
  private RunWork() {}

  /** Of one optimizer step: forward and backward through the students. */
  static long step(TrainingTask task) {
    int batch = task.part().training().batchSize();
    return 3L * Math.min(batch, Math.max(1, task.splits().train().size()));
  }

  static long training(TrainingTask task) {
    return task.part().iterations() > 0
        ? step(task) * task.part().iterations()
        : task.splits().train().size();
  }

  /** Teacher and students. */
  static long scoring(int images) {
    return 2L * images;
  }
}
