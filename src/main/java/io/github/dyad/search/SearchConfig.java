package io.github.dyad.search;

import io.github.dyad.Require;
import io.github.dyad.data.ValidationConfig;
import io.github.dyad.experiment.ResultColumn;

/**
 * The section {@code search} of an experiment file, but for its {@code space}.
 *
 * @param candidates how they are proposed
 * @param trials candidates at most, the base as candidate 0 included
 * @param minutes of one call at most; 0: no limit. A candidate that is cut off is not lost: the
 *     same command goes on with it
 * @param seed of the proposals
 * @param score what is to be large
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
    Score score,
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

  /** A metric of {@code results.csv}, the mean over a trial's rows. */
  public enum Score {
    IMAGE_AUROC,
    IMAGE_AP,
    IMAGE_F1_MAX,
    PIXEL_AUROC,
    PIXEL_AP,
    PIXEL_F1_MAX,
    AUPRO;

    boolean isOfPixels() {
      return compareTo(IMAGE_F1_MAX) > 0;
    }

    ResultColumn column() {
      return ResultColumn.valueOf(name());
    }
  }

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
          Score.IMAGE_AUROC,
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
