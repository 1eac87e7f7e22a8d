package io.github.dyad.search;

import io.github.dyad.Extensions;
import io.github.dyad.InputException;
import io.github.dyad.Require;
import io.github.dyad.data.ValidationConfig;
import io.github.dyad.experiment.yaml.Nearest;
import io.github.dyad.metric.Metric;
import java.util.ArrayList;
import java.util.List;

/**
 * The section {@code search} of an experiment file, but for its {@code space}.
 *
 * @param candidates how they are proposed
 * @param trials candidates at most, the base as candidate 0 included
 * @param minutes of one call at most; 0: no limit. A candidate that is cut off is not lost: the
 *     same command goes on with it
 * @param seed of the proposals
 * @param score what is to be large, the mean over a trial's rows: a metric of {@code results.csv},
 *     or one of one's own that {@code metrics.extra} names, which may want to be small
 * @param points grid: values that are tried of each range
 * @param population genetic: the best so many candidates have offspring
 * @param mutation genetic: probability that a value of an offspring is drawn anew
 * @param earlyStop when a candidate is given up
 * @param validation what candidates are judged on
 */
public record SearchConfig(
    Generator candidates,
    int trials,
    double minutes,
    long seed,
    String score,
    int points,
    int population,
    double mutation,
    EarlyStop earlyStop,
    ValidationConfig validation) {

  public enum Generator {
    RANDOM,
    GRID,
    GENETIC
  }

  private static final List<String> IMAGE_SCORES =
      List.of("image-auroc", "image-ap", "image-f1-max");
  private static final List<String> PIXEL_SCORES =
      List.of("pixel-auroc", "pixel-ap", "pixel-f1-max", "aupro", "miou-max");

  /**
   * Each candidate is first trained for fewer iterations, as a trial of its own with the schedule
   * of that length; it is trained in full only if few candidates before it were better there (one
   * rung of asynchronous successive halving, Li et al., MLSys 2020).
   *
   * @param iterations of the short training; 0: every candidate is trained in full
   * @param keep the share of candidates, the best by now, that go on
   */
  public record EarlyStop(int iterations, double keep) {
    public EarlyStop {
      Require.atLeast("search.earlyStop.iterations", iterations, 0);
      Require.closed("search.earlyStop.keep", keep, 0.01, 1);
    }
  }

  /** Gives the keys in messages their first word. */
  public record Section(SearchConfig search) {}

  public static final SearchConfig DEFAULTS =
      new SearchConfig(
          Generator.RANDOM,
          20,
          0,
          0,
          "image-auroc",
          3,
          8,
          0.1,
          new EarlyStop(0, 0.5),
          ValidationConfig.DEFAULTS);

  public SearchConfig {
    Require.atLeast("search.trials", trials, 1);
    Require.closed("search.minutes", minutes, 0, 1e6);
    Require.atLeast("search.points", points, 2);
    Require.atLeast("search.population", population, 4);
    Require.closed("search.mutation", mutation, 0, 1);
    List<String> scores = new ArrayList<>(IMAGE_SCORES);
    scores.addAll(PIXEL_SCORES);
    Extensions.all(Metric.class).forEach(metric -> scores.add(metric.name()));
    if (!scores.contains(score)) {
      throw new InputException(
          "search.score is \""
              + score
              + "\"; expected "
              + Nearest.oneOf(scores)
              + "."
              + Nearest.question(score, scores));
    }
  }

  /** As in {@code results.csv}. */
  public String scoreColumn() {
    return score.replace('-', '_');
  }

  /** Whether the score is to be large. */
  boolean higherIsBetter() {
    return Extensions.all(Metric.class).stream()
        .filter(metric -> metric.name().equals(score))
        .allMatch(Metric::higherIsBetter);
  }

  boolean isOfPixels() {
    return PIXEL_SCORES.contains(score);
  }

  boolean isOnesOwn() {
    return !isOfPixels() && !IMAGE_SCORES.contains(score);
  }

  /** The same with another budget; null leaves one as it is. */
  public SearchConfig within(Integer otherTrials, Double otherMinutes) {
    return new SearchConfig(
        candidates,
        otherTrials == null ? trials : otherTrials,
        otherMinutes == null ? minutes : otherMinutes,
        seed,
        score,
        points,
        population,
        mutation,
        earlyStop,
        validation);
  }
}
