package io.github.dyad.experiment;

import io.github.dyad.experiment.store.WholeFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The trained models of a results folder: asked first, trained where they are missing. */
final class ModelStore {
  private final ResultsFolder folder;
  private final Engine engine;
  private final Map<String, String> environment;

  ModelStore(ResultsFolder folder, Engine engine, Map<String, String> environment) {
    this.folder = folder;
    this.engine = engine;
    this.environment = environment;
  }

  Optional<TrainingRecord> find(String key) {
    return TrainingRecord.read(folder.model(key));
  }

  /**
   * {@link #find}, for a model that is to be used. A run that was killed right after the training
   * may have left its checkpoints; they go now. The caller holds the training's lock.
   *
   * @throws io.github.dyad.InputException when its files are not as they were written
   */
  Optional<TrainingRecord> findWhole(String key) {
    Optional<TrainingRecord> found = find(key);
    found.ifPresent(
        record -> {
          record.requireAsWritten(folder.model(key), Set.of());
          WholeFile.deleteFolder(folder.checkpoints(key));
        });
    return found;
  }

  /** Trains the model and gives it its name. The caller holds the training's lock. */
  TrainingRecord train(String key, TrainingTask task, RunListener listener, BooleanSupplier stop) {
    Path unfinished = folder.unfinishedModel(key);
    WholeFile.emptyFolder(unfinished);
    WholeFile.folder(folder.checkpoints(key));
    int iterations = task.part().iterations();
    int images = Math.min(task.part().training().batchSize(), task.splits().train().size());
    Follower follower = new Follower(iterations, images, RunWork.step(task), listener, stop);
    TrainedModel model = follower.train(engine, task, unfinished, folder.checkpoints(key));

    WholeFile.write(folder.curve(key), follower.curve.text());
    WholeFile.write(folder.stepTimes(key), follower.times.text());
    TrainingRecord record =
        new TrainingRecord(
            model,
            follower.seconds,
            follower.timedSteps,
            environment,
            TrainingRecord.checksums(unfinished));
    record.write(unfinished, key, task);
    WholeFile.moveFolder(unfinished, folder.model(key));
    WholeFile.deleteFolder(folder.checkpoints(key));
    return record;
  }

  /** Keeps curve and time, and knows the last step when something goes wrong. */
  private static final class Follower implements TrainingListener {
    private final Curve curve;
    private final StepTimes times;
    private final long unitsPerStep;
    private final RunListener listener;
    private final BooleanSupplier stop;
    private int keptFeatures;
    private int timedSteps;
    private int nextStep;
    private double seconds;

    Follower(
        int iterations, int images, long unitsPerStep, RunListener listener, BooleanSupplier stop) {
      this.curve = new Curve(iterations);
      this.times = new StepTimes(iterations, images);
      this.unitsPerStep = unitsPerStep;
      this.listener = listener;
      this.stop = stop;
    }

    TrainedModel train(Engine engine, TrainingTask task, Path model, Path checkpoints) {
      long start = System.nanoTime();
      try {
        return engine.train(task, model, checkpoints, this);
      } catch (StoppedException e) {
        throw e;
      } catch (RuntimeException | OutOfMemoryError e) {
        throw new StepFailure("training", nextStep == 0 ? "" : "after step " + (nextStep - 1), e);
      } finally {
        seconds = (System.nanoTime() - start) / 1e9;
      }
    }

    @Override
    public void featuresKept(int more) {
      keptFeatures += more;
      listener.featuresKept(keptFeatures);
    }

    @Override
    public void step(TrainingStep step, boolean replayed) {
      if (step.step() != nextStep) {
        throw new IllegalStateException(
            "the engine told of step " + step.step() + "; expected step " + nextStep);
      }
      nextStep++;
      curve.add(step);
      if (!replayed) {
        timedSteps++;
        times.add(step.step());
      }
      listener.worked(unitsPerStep);
      listener.trainingStep(step);
    }

    @Override
    public void fitted(int images) {
      listener.worked(images);
    }

    @Override
    public boolean samplesWanted() {
      return listener.samplesWanted();
    }

    @Override
    public void samples(int step, List<SampleMap> samples) {
      listener.samples(step, samples);
    }

    @Override
    public boolean stopRequested() {
      return stop.getAsBoolean();
    }
  }
}
