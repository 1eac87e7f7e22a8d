package io.github.dyad.cli;

import io.github.dyad.experiment.RunListener;
import io.github.dyad.experiment.TrainingStep;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;

/** Progress on standard error: a bar on a terminal, a line an event elsewhere. */
final class ConsoleProgress implements RunListener, AutoCloseable {
  private static final int MESSAGE_EVERY = 25;

  private final PrintWriter err;
  private final boolean quiet;
  private final boolean terminal = isTerminal();
  private ProgressBar bar;
  private int trainings;
  private int training;

  ConsoleProgress(PrintWriter err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
  }

  /**
   * The launcher looks at standard error itself. Without it: the JVM's console, which from Java 22
   * on may be there without a terminal.
   */
  static boolean isTerminal() {
    String told = System.getProperty("dyad.terminal");
    return told == null
        ? System.console() != null && Runtime.version().feature() < 22
        : told.equals("true");
  }

  private void line(String text) {
    if (!quiet && !terminal) {
      err.println(text);
    }
  }

  @Override
  public void planned(int trials, int rows, int missingRows, int missingTrainings, long work) {
    trainings = missingTrainings;
    if (quiet) {
      return;
    }
    err.println(
        trials
            + " trials, "
            + rows
            + " rows; to do: "
            + missingRows
            + " rows, "
            + missingTrainings
            + " trainings");
    if (terminal && work > 0) {
      bar =
          new ProgressBarBuilder()
              .setInitialMax(work)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(500)
              .setEtaFunction(ConsoleProgress::remaining)
              .build();
    }
  }

  private static Optional<Duration> remaining(ProgressState state) {
    if (state.getCurrent() <= 0) {
      return Optional.empty();
    }
    double left = (double) (state.getMax() - state.getCurrent()) / state.getCurrent();
    return Optional.of(Duration.ofMillis((long) (state.getElapsedAfterStart().toMillis() * left)));
  }

  @Override
  public void trainingStarted(String label, int iterations) {
    training++;
    line(
        iterations == 0
            ? "fitting " + label
            : "training " + label + ": " + iterations + " iterations");
    message("training " + training + " of " + trainings);
  }

  @Override
  public void featuresKept(int images) {
    message("teacher features of " + images + " images");
  }

  @Override
  public void trainingStep(TrainingStep step) {
    if (step.step() % MESSAGE_EVERY == 0) {
      message(
          String.format(
              Locale.ROOT,
              "training %d of %d, step %d, loss %.4f",
              training,
              trainings,
              step.step(),
              step.loss()));
    }
  }

  @Override
  public void scoringStarted(String label, int images) {
    line("scoring " + label + ": " + images + " images");
    message("scoring " + images + " images");
  }

  private void message(String text) {
    if (bar != null) {
      bar.setExtraMessage(text);
    }
  }

  @Override
  public void worked(long units) {
    if (bar != null) {
      bar.stepBy(units);
    }
  }

  @Override
  public void heldElsewhere(String label, boolean waiting) {
    line(label + (waiting ? ": waiting for another run" : ": another run is at it"));
  }

  @Override
  public void rowFinished(String trial, ResultRowSummary row) {
    line(
        String.format(Locale.ROOT, "done %s %s: AUROC %.4f", trial, row.split(), row.imageAuroc()));
  }

  @Override
  public void failed(Failure failure) {
    line("failed " + failure.label() + ": " + failure.message());
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
