package io.github.dyad.search;

import io.github.dyad.InputException;
import io.github.dyad.experiment.CacheFolder;
import io.github.dyad.experiment.DataRoom;
import io.github.dyad.experiment.DistillationEngine;
import io.github.dyad.experiment.Engine;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.experiment.TrialConfig;
import io.github.dyad.experiment.yaml.Node;
import io.github.dyad.experiment.yaml.RecordBinder;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A search over any keys of a trial, as the section {@code search} of an experiment file says it:
 *
 * <pre>{@code
 * base: {preset: paper-industrial, data.dataset: mvtec-ad, data.root: ../data/mvtec}
 * search:
 *   candidates: random
 *   trials: 30
 *   space:
 *     optimizer.learningRate: {from: 1e-4, to: 1e-2, scale: log}
 *     decoderStudent.depth: [2, 4, 8]
 * }</pre>
 *
 * <pre>{@code
 * SearchReport report = Search.read(Path.of("experiments/search-quickstart.yaml"))
 *     .run(Path.of("results/search-quickstart"));
 * System.out.println(report.best());
 * }</pre>
 *
 * The results folder is that of a grid, with {@code candidates.csv} and {@code best.yaml} beside
 * its files; rows are of the data set that {@link io.github.dyad.data.ValidationLayout} names.
 */
public final class Search {
  private final Experiment experiment;
  private final boolean smoke;
  private final SearchConfig config;
  private final TrialSpace space;

  private Search(Experiment experiment, boolean smoke, SearchConfig config, TrialSpace space) {
    this.experiment = experiment;
    this.smoke = smoke;
    this.config = config;
    this.space = space;
  }

  /**
   * @throws InputException naming file, line and key of the first thing that is wrong
   */
  public static Search read(Path file) {
    return of(Experiment.read(file), false);
  }

  /**
   * @param smoke with the overrides of the file's section {@code smoke}
   * @throws InputException when the experiment has no search, or a wrong one
   */
  public static Search of(Experiment experiment, boolean smoke) {
    Node.Mapping section = experiment.search(smoke);
    if (section == null || !(section.get("space") instanceof Node.Mapping spaceSection)) {
      throw new InputException(
          (section == null ? experiment.name() : section.place())
              + ": search.space is not given; expected the keys to be varied, as in search:"
              + " {space: {decoderStudent.dropout: [0.1, 0.2, 0.4]}}");
    }
    if (experiment.trials(smoke).size() != 1) {
      throw new InputException(
          section.place() + ": vary and search are both given; expected one of them");
    }
    SearchConfig config =
        RecordBinder.bind(
                new SearchConfig.Section(SearchConfig.DEFAULTS),
                new Node.Mapping(section.place(), Map.of("search", section.without("space"))))
            .search();
    TrialSpace space = TrialSpace.read(spaceSection);
    Search search = new Search(experiment, smoke, config, space);
    search.check();
    return search;
  }

  /** Each value by itself must be one that the key can have. */
  private void check() {
    for (Parameter parameter : space.parameters()) {
      for (Node value : parameter.examples()) {
        Node.Mapping override = new Node.Mapping(value.place(), Map.of(parameter.key(), value));
        RecordBinder.bind(TrialConfig.DEFAULTS, override);
      }
    }
    TrialConfig base = experiment.trials(smoke).get(0).config();
    if (config.isOnesOwn()
        && base.metrics().extra().stream().noneMatch(m -> m.name().equals(config.score()))) {
      throw new InputException(
          "search.score is " + config.score() + ", which metrics.extra of the base does not name");
    }
    int iterations = base.training().iterations();
    if (config.earlyStop().iterations() >= iterations) {
      throw new InputException(
          "search.earlyStop.iterations is "
              + config.earlyStop().iterations()
              + "; expected fewer than training.iterations, "
              + iterations);
    }
  }

  /** The same search with another budget; null leaves one as it is. */
  public Search within(Integer trials, Double minutes) {
    return new Search(experiment, smoke, config.within(trials, minutes), space);
  }

  /** Where results go unless told otherwise, beneath the results folder of all experiments. */
  public String resultsName() {
    return experiment.resultsName(smoke);
  }

  public SearchConfig config() {
    return config;
  }

  /** Runs, or goes on, on all processors and without a word. */
  public SearchReport run(Path results) {
    try (Engine engine = new DistillationEngine(Runtime.getRuntime().availableProcessors())) {
      DataRoom data = DataRoom.in(CacheFolder.get().resolve("data"));
      return run(new ResultsFolder(results), data, engine, new SilentListener(), () -> false);
    }
  }

  /**
   * Runs what is missing. Failing candidates are in the report; only the base must not fail.
   *
   * @param stop asked often; when true, the search ends after a checkpoint
   * @throws InputException when images or teacher are unfit, or the base cannot be trained
   */
  public SearchReport run(
      ResultsFolder results,
      DataRoom data,
      Engine engine,
      SearchListener listener,
      BooleanSupplier stop) {
    return new SearchRun(experiment, smoke, config, space, results, data, engine, listener, stop)
        .run();
  }
}
