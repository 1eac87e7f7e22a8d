package io.github.dyad.search;

import io.github.dyad.InputException;
import io.github.dyad.data.ValidationLayout;
import io.github.dyad.experiment.DataRoom;
import io.github.dyad.experiment.Engine;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.Grid.PlannedTrial;
import io.github.dyad.experiment.GridPlanner;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.experiment.RunReport;
import io.github.dyad.experiment.Runner;
import io.github.dyad.experiment.StoppedException;
import io.github.dyad.experiment.TimingProtocol;
import io.github.dyad.experiment.Trial;
import io.github.dyad.experiment.yaml.Node;
import io.github.dyad.experiment.yaml.Place;
import io.github.dyad.experiment.yaml.RecordTree;
import io.github.dyad.search.CandidateResult.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One call of a search. It goes through the candidates from the first, whatever an earlier call has
 * finished: a finished one is looked up instead of run, and told to the proposals all the same.
 */
final class SearchRun {
  /** Values that the search itself sets stand in no file. */
  private static final Place NOWHERE = new Place("search", 0);

  private final Experiment experiment;
  private final boolean smoke;
  private final SearchConfig config;
  private final TrialSpace space;
  private final ResultsFolder results;
  private final Engine engine;
  private final SearchListener listener;
  private final BooleanSupplier stop;
  private final GridPlanner planner;
  private final String dataset;
  private final long deadline;
  private final boolean higherIsBetter;

  private final List<PlannedTrial> trials = new ArrayList<>();

  /** Gains of the short trainings. */
  private final List<Double> probes = new ArrayList<>();

  private final List<CandidateResult> candidates = new ArrayList<>();
  private boolean somethingRan;

  SearchRun(
      Experiment experiment,
      boolean smoke,
      SearchConfig config,
      TrialSpace space,
      ResultsFolder results,
      DataRoom data,
      Engine engine,
      SearchListener listener,
      BooleanSupplier stop) {
    this.experiment = experiment;
    this.smoke = smoke;
    this.config = config;
    this.space = space;
    this.results = results;
    this.engine = engine;
    this.listener = listener;
    this.stop = stop;
    this.higherIsBetter = config.higherIsBetter();
    this.planner = new GridPlanner(data, engine::teacherSha256);
    this.dataset =
        ValidationLayout.idOf(
            experiment.trials(smoke).get(0).config().data().dataset(), config.validation());
    this.deadline =
        config.minutes() == 0
            ? Long.MAX_VALUE
            : System.nanoTime() + Duration.ofSeconds((long) (60 * config.minutes())).toNanos();
  }

  private boolean stopRequested() {
    return stop.getAsBoolean() || timeIsUp();
  }

  private boolean timeIsUp() {
    return config.minutes() > 0 && System.nanoTime() - deadline > 0;
  }

  SearchReport run() {
    Proposals proposals = new Proposals(config, space);
    try {
      for (int number = 0; number < config.trials(); number++) {
        Optional<Map<String, Node>> overrides =
            number == 0 ? Optional.of(Map.of()) : proposals.next();
        if (overrides.isEmpty()) {
          break;
        }
        CandidateResult result = run(number, overrides.get());
        candidates.add(result);
        if (number > 0 && result.state() != State.FAILED) {
          proposals.report(
              gain(result.state() == State.DONE ? result.score() : result.probeScore()));
        }
        if (somethingRan) {
          write();
        }
        listener.candidateFinished(result, best().orElse(null));
      }
    } catch (StoppedException e) {
      return report(stop.getAsBoolean() ? SearchReport.End.STOPPED : SearchReport.End.TIME_IS_UP);
    }
    runTrials(); // nothing is missing: the files are made once more, for all trials together
    write();
    return report(SearchReport.End.COMPLETE);
  }

  private SearchReport report(SearchReport.End end) {
    return new SearchReport(candidates, higherIsBetter, end);
  }

  private Optional<CandidateResult> best() {
    return SearchReport.best(candidates, higherIsBetter);
  }

  /** The score, or its negative where a small one is good. */
  private double gain(double score) {
    return higherIsBetter ? score : -score;
  }

  private CandidateResult run(int number, Map<String, Node> overrides) {
    String name = CandidateResult.trial(number);
    Map<String, String> values = new LinkedHashMap<>();
    double probe = Double.NaN;
    try {
      Trial trial = trial(name, overrides);
      values.putAll(values(trial));
      listener.candidateStarted(number, config.trials(), values);
      PlannedTrial planned = planned(trial);
      int iterations = config.earlyStop().iterations();
      if (iterations > 0 && iterations < trial.config().training().iterations()) {
        Map<String, Node> shorter = new LinkedHashMap<>(overrides);
        shorter.put("training.iterations", scalar(String.valueOf(iterations)));
        probe = score(planned(trial(name + "-probe", shorter)));
        if (!isHopeful(probe) && number > 0) {
          return new CandidateResult(number, values, State.STOPPED, probe, Double.NaN, "");
        }
      }
      return new CandidateResult(number, values, State.DONE, probe, score(planned), "");
    } catch (CandidateException | InputException e) {
      if (number == 0) {
        throw e instanceof InputException input
            ? input
            : new InputException("the base, candidate 0, failed: " + e.getMessage(), e);
      }
      overrides.forEach((key, node) -> values.putIfAbsent(key, Parameter.text(node)));
      return new CandidateResult(
          number, values, State.FAILED, probe, Double.NaN, String.valueOf(e.getMessage()));
    }
  }

  private Trial trial(String name, Map<String, Node> overrides) {
    Map<String, Node> all = new LinkedHashMap<>(overrides);
    all.put("data.dataset", scalar(dataset));
    all.put("metrics.pixel", scalar(String.valueOf(config.isOfPixels())));
    return experiment.trial(name, new Node.Mapping(NOWHERE, all), smoke);
  }

  private static Node scalar(String text) {
    return new Node.Scalar(NOWHERE, text);
  }

  private PlannedTrial planned(Trial trial) {
    return planner.plan(experiment, List.of(trial)).trials().get(0);
  }

  /** What the searched keys are in this trial. */
  private Map<String, String> values(Trial trial) {
    Map<String, Object> all = RecordTree.flat(trial.config());
    Map<String, String> values = new LinkedHashMap<>();
    for (Parameter parameter : space.parameters()) {
      Object value = all.get(parameter.key());
      values.put(
          parameter.key(),
          value instanceof Double number
              ? CandidateResult.text(number)
              : value == null ? "" : value.toString());
    }
    return values;
  }

  /** Whether it is among the best share of the short trainings by now. */
  private boolean isHopeful(double probe) {
    double gain = gain(probe);
    probes.add(gain);
    long better = probes.stream().filter(other -> other > gain).count();
    return better < config.earlyStop().keep() * probes.size();
  }

  private double score(PlannedTrial planned) {
    trials.add(planned);
    String column = config.scoreColumn();
    Optional<Map<String, Double>> known = results.metrics(planned);
    if (known.isPresent()) {
      return defined(known.get(), column);
    }
    somethingRan = true;
    RunReport report = runTrials();
    Optional<Map<String, Double>> measured = results.metrics(planned);
    if (measured.isPresent()) {
      return defined(measured.get(), column);
    }
    if (report.stopped()) {
      throw new StoppedException();
    }
    trials.remove(planned); // the next run would try it again
    throw new CandidateException(report.failures().get(0).message());
  }

  private static double defined(Map<String, Double> metrics, String column) {
    Double value = metrics.get(column);
    if (value == null) {
      throw new CandidateException(column + " is undefined on the validation images");
    }
    return value;
  }

  private RunReport runTrials() {
    Grid grid = new Grid(experiment.resultsName(smoke), experiment.file(), trials);
    return new Runner(
            grid, results, engine, TimingProtocol.SMOKE, listener.runs(), this::stopRequested)
        .run();
  }

  private void write() {
    CandidateTable.write(results, space, candidates);
    best()
        .ifPresent(
            best -> {
              Path file = results.root().resolve(BestFile.NAME);
              Trial trial =
                  trials.stream()
                      .map(PlannedTrial::trial)
                      .filter(each -> each.name().equals(best.trial()))
                      .findFirst()
                      .orElseThrow();
              BestFile.write(file, experiment, smoke, trial, best, candidates.get(0), config);
            });
  }

  /** A candidate's own failure, such as a loss that is NaN; the search goes on. */
  private static final class CandidateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CandidateException(String message) {
      super(message);
    }
  }
}
