package io.github.dyad.experiment;

import java.util.List;

/** Follows a training; called on the thread that called {@link Engine#train}. */
public interface TrainingListener {

  /** Called before the first step, when so many more images have their teacher features kept. */
  default void featuresKept(int more) {}

  /**
   * Called once for every step, in order.
   *
   * @param replayed true when an earlier call of the process made this step and a checkpoint
   *     remembered it
   */
  void step(TrainingStep step, boolean replayed);

  /** So many more images were taken in by a method that learns without steps. */
  default void fitted(int images) {}

  /** Asked between steps; once true it stays true. */
  boolean stopRequested();

  /** Asked after each step that was made: whether {@link #samples} is waited for. */
  default boolean samplesWanted() {
    return false;
  }

  /** Some test images as the students see them after this step. */
  default void samples(int step, List<SampleMap> samples) {}
}
