package io.github.dyad.experiment;

import java.nio.file.Path;
import java.util.Map;

/**
 * The numeric core as the runner sees it: trains, and opens what it trained. One engine serves a
 * whole grid and may keep teachers and features from one training to the next.
 *
 * <p>Same task and same machine, same bytes: neither the number of workers, nor time, nor an
 * interruption may reach weights or scores.
 */
public interface Engine extends AutoCloseable {

  /**
   * SHA-256 of a teacher, in hex.
   *
   * @param file an absolute path, or a {@code builtin:} name
   * @throws io.github.dyad.InputException when there is no such teacher
   */
  String teacherSha256(String file);

  /**
   * Refuses what cannot be trained, before anything is computed.
   *
   * @throws io.github.dyad.InputException when the images' size or the tapped layers do not fit the
   *     teacher
   */
  default void check(TrainingTask task) {}

  /**
   * Trains both students, or the one that the objective needs.
   *
   * @param model an empty folder for everything that {@link #open} needs; it becomes the model when
   *     this returns, and is thrown away otherwise
   * @param checkpoints a folder of this training that outlives a killed process: what an earlier
   *     call left there may be continued; the runner deletes it when the training is done
   * @param listener hears every step from 0, those of an earlier call included
   * @throws StoppedException after a checkpoint, when the listener asked to stop
   * @throws TrainingException when the training cannot go on, such as at a loss that is NaN
   */
  TrainedModel train(TrainingTask task, Path model, Path checkpoints, TrainingListener listener);

  /**
   * Opens a model that {@link #train} wrote, for the images it is judged on.
   *
   * @param task the one it was trained with
   */
  Scorer open(Path model, TrainingTask task);

  /**
   * What bits may depend on, for the manifest: at least {@code backend}, {@code cpu_path} and
   * {@code blas}.
   */
  Map<String, String> environment();

  @Override
  void close();
}
