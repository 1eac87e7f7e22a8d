package io.github.dyad.experiment;

import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.Discrepancy;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.Sample;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.experiment.store.WholeFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * An engine without numbers of its own: everything is a function of the training's key, the step
 * and the image's path. A map is s_D everywhere. It keeps checkpoints as a real one does.
 */
public final class FakeEngine implements Engine {
  /** Keys of the trainings that were begun. */
  public final List<String> trained = new ArrayList<>();

  /** Steps that were computed, not replayed. */
  public int computedSteps;

  public int openedModels;

  private final int checkpointEvery;
  private final long millisPerStep;
  private String failingObjective = "";
  private int failingStep;

  public FakeEngine(int checkpointEvery, long millisPerStep) {
    this.checkpointEvery = checkpointEvery;
    this.millisPerStep = millisPerStep;
  }

  public FakeEngine() {
    this(5, 0);
  }

  /** Trainings with this objective lose their loss at this step. */
  public FakeEngine failing(String objective, int step) {
    failingObjective = objective;
    failingStep = step;
    return this;
  }

  @Override
  public String teacherSha256(String file) {
    return Sha256.of(file.substring(file.lastIndexOf('/') + 1));
  }

  @Override
  public TrainedModel train(
      TrainingTask task, Path model, Path checkpoints, TrainingListener listener) {
    String key = task.part().key();
    trained.add(key);
    Path checkpoint = checkpoints.resolve("step.txt");
    int known = WholeFile.read(checkpoint).map(Integer::parseInt).orElse(0);
    int iterations = task.part().training().iterations();
    for (int step = 0; step < iterations; step++) {
      if (step >= known) {
        if (listener.stopRequested()) {
          WholeFile.write(checkpoint, String.valueOf(step));
          throw new StoppedException();
        }
        compute(task, step);
        if (step % checkpointEvery == 0) {
          WholeFile.write(checkpoint, String.valueOf(step));
        }
      }
      listener.step(
          new TrainingStep(
              step, noise(key, step), noise(key, -step), Double.NaN, 1, Double.NaN, 1e-4),
          step < known);
    }
    WholeFile.write(model.resolve("weights.bin"), key);
    WholeFile.write(model.resolve("graph/students.fb"), "graph of " + key);
    return new TrainedModel(1234, iterations);
  }

  private void compute(TrainingTask task, int step) {
    if (task.part().objective().objective().name().equals(failingObjective)
        && step == failingStep) {
      throw new TrainingException("loss is NaN at step " + step);
    }
    computedSteps++;
    try {
      Thread.sleep(millisPerStep);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    }
  }

  /** From 0 to 1. */
  private static double noise(String text, int number) {
    return Long.parseLong(Sha256.of(text + number).substring(0, 12), 16) / 0x1p48;
  }

  @Override
  public Scorer open(Path model, TrainingTask task) {
    openedModels++;
    String weights = WholeFile.read(model.resolve("weights.bin")).orElseThrow();
    return new Scorer() {
      @Override
      public List<RawScores> score(
          List<Sample> images, AnomalyConfig options, ScoringListener listener) {
        List<RawScores> scores = new ArrayList<>();
        float[] map = new float[options.mapSize() * options.mapSize()];
        boolean decoder = task.part().objective().objective().trainsDecoder();
        for (Sample image : images) {
          double shift = image.anomalous() ? 0.5 : 0;
          scores.add(
              new RawScores(
                  noise(weights + image.path(), 1) + shift,
                  noise(weights + image.path(), 2) + shift,
                  noise(weights + image.path(), 3) + shift,
                  Double.NaN));
          if (decoder) {
            Arrays.fill(map, (float) scores.get(scores.size() - 1).decoderTop());
            listener.mapped(image, map);
          }
          listener.scored(1);
        }
        return scores;
      }

      @Override
      public void discrepancies(
          List<Sample> images, AnomalyConfig options, Consumer<Discrepancy> vectors) {
        for (Sample image : images) {
          float encoder = (float) noise(weights + image.path(), 1);
          vectors.accept(
              new Discrepancy(
                  new float[] {encoder, 0}, new float[2], new float[] {1, 2, 3, 4}, 1, 2));
        }
      }

      @Override
      public Runnable singleImage(Sample image, AnomalyConfig options) {
        return () -> {};
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("backend", "fake");
  }

  @Override
  public void close() {}
}
