package io.github.dyad.cli;

import io.github.dyad.experiment.RunListener;
import io.github.dyad.experiment.TrainingStep;
import io.github.dyad.search.CandidateResult;
import io.github.dyad.search.SearchListener;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A line on standard error for each candidate, and on a terminal a bar over all of them. */
final class SearchProgress implements SearchListener, RunListener, AutoCloseable {
  private static final int MESSAGE_EVERY = 25;

  private final PrintWriter err;
  private final boolean quiet;
  private final boolean terminal = ConsoleProgress.isTerminal();
  private ProgressBar bar;
  private int candidates;
  private String best = "";

  SearchProgress(PrintWriter err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
  }

  @Override
  public void candidateStarted(int number, int of, Map<String, String> values) {
    candidates = of;
    if (quiet) {
      return;
    }
    if (terminal && bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("candidates")
              .setInitialMax(of)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(500)
              .build();
    }
  }

  @Override
  public void candidateFinished(CandidateResult result, CandidateResult bestByNow) {
    if (quiet) {
      return;
    }
    if (bestByNow != null) {
      best = String.format(Locale.ROOT, "best %.4f (%s)", bestByNow.score(), bestByNow.trial());
    }
    if (bar != null) {
      bar.stepTo(result.number() + 1L);
      bar.setExtraMessage(best);
      return;
    }
    err.println(
        "candidate " + (result.number() + 1) + " of " + candidates + ": " + text(result) + best);
  }

  private static String text(CandidateResult result) {
    String values =
        result.number() == 0
            ? "the base"
            : result.values().entrySet().stream()
                .map(entry -> last(entry.getKey()) + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    return values
        + switch (result.state()) {
          case DONE -> String.format(Locale.ROOT, ": %.4f; ", result.score());
          case STOPPED -> String.format(Locale.ROOT, ": given up at %.4f; ", result.probeScore());
          case FAILED -> ": failed, " + result.reason() + "; ";
        };
  }

  private static String last(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  @Override
  public RunListener runs() {
    return this;
  }

  @Override
  public void trainingStep(TrainingStep step) {
    if (bar != null && step.step() % MESSAGE_EVERY == 0) {
      bar.setExtraMessage(
          String.format(Locale.ROOT, "%s, step %d, loss %.4f", best, step.step(), step.loss()));
    }
  }

  @Override
  public void heldElsewhere(String label, boolean waiting) {
    if (!quiet && waiting) {
      err.println(label + ": waiting for another search");
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
