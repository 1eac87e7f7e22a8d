package io.github.dyad.search;

import io.github.dyad.experiment.yaml.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.commons.math3.random.JDKRandomGenerator;
import org.apache.commons.math3.random.RandomGenerator;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.CandidateGenerator;
import org.deeplearning4j.arbiter.optimize.api.OptimizationResult;
import org.deeplearning4j.arbiter.optimize.api.data.DataProvider;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.deeplearning4j.arbiter.optimize.api.score.ScoreFunction;
import org.deeplearning4j.arbiter.optimize.generator.GeneticSearchCandidateGenerator;
import org.deeplearning4j.arbiter.optimize.generator.GridSearchCandidateGenerator;
import org.deeplearning4j.arbiter.optimize.generator.RandomSearchGenerator;
import org.deeplearning4j.arbiter.optimize.generator.genetic.crossover.UniformCrossover;
import org.deeplearning4j.arbiter.optimize.generator.genetic.crossover.parentselection.RandomTwoParentSelection;
import org.deeplearning4j.arbiter.optimize.generator.genetic.mutation.RandomMutationOperator;
import org.deeplearning4j.arbiter.optimize.generator.genetic.population.PopulationModel;
import org.deeplearning4j.arbiter.optimize.generator.genetic.selection.GeneticSelectionOperator;

/**
 * Arbiter's candidates, one after the other. The same configuration, and for genetic candidates the
 * same scores, give the same sequence: an interrupted search is replayed.
 */
final class Proposals {
  private final TrialSpace space;
  private final CandidateGenerator generator;
  private Candidate<?> last;

  Proposals(SearchConfig config, TrialSpace space) {
    this.space = space;
    generator =
        switch (config.candidates()) {
          case RANDOM -> random(config, space);
          case GRID ->
              new GridSearchCandidateGenerator(
                  space, config.points(), GridSearchCandidateGenerator.Mode.Sequential, null);
          case GENETIC -> genetic(config, space);
        };
  }

  private static CandidateGenerator random(SearchConfig config, TrialSpace space) {
    RandomSearchGenerator random = new RandomSearchGenerator(space, null);
    random.setRngSeed(config.seed());
    return random;
  }

  /** Each operator has a random generator of its own that Arbiter's seed does not reach. */
  private static CandidateGenerator genetic(SearchConfig config, TrialSpace space) {
    return new GeneticSearchCandidateGenerator.Builder(space, new Maximized())
        .populationModel(new PopulationModel.Builder().populationSize(config.population()).build())
        .selectionOperator(
            new GeneticSelectionOperator.Builder()
                .randomGenerator(seeded(config, 1))
                .crossoverOperator(
                    new UniformCrossover.Builder()
                        .randomGenerator(seeded(config, 2))
                        .parentSelection(new RandomTwoParentSelection(seeded(config, 3)))
                        .build())
                .mutationOperator(
                    new RandomMutationOperator.Builder()
                        .mutationRate(config.mutation())
                        .randomGenerator(seeded(config, 4))
                        .build())
                .build())
        .build();
  }

  private static RandomGenerator seeded(SearchConfig config, int operator) {
    RandomGenerator random = new JDKRandomGenerator();
    random.setSeed(config.seed() * 4 + operator);
    return random;
  }

  /** Overrides of the base by dotted key; empty when the grid, or all that is new, is used up. */
  Optional<Map<String, Node>> next() {
    if (!generator.hasMoreCandidates()) {
      return Optional.empty();
    }
    last = generator.getCandidate();
    return Optional.ofNullable((Map<?, ?>) last.getValue()).map(space::overrides);
  }

  /** How good the last one was; a failed one is not told of. */
  void report(double score) {
    generator.reportResults(new OptimizationResult(last, score, last.getIndex(), null, null, null));
  }

  /** The genetic generator asks whether to minimise, and nothing else. */
  private static final class Maximized implements ScoreFunction {
    private static final long serialVersionUID = 1L;

    @Override
    public double score(Object model, DataProvider data, Map<String, Object> parameters) {
      throw new UnsupportedOperationException("trials are scored by the runner");
    }

    @Override
    public double score(Object model, Class<? extends DataSource> source, Properties properties) {
      throw new UnsupportedOperationException("trials are scored by the runner");
    }

    @Override
    public boolean minimize() {
      return false;
    }

    @Override
    public List<Class<?>> getSupportedModelTypes() {
      return List.of();
    }

    @Override
    public List<Class<?>> getSupportedDataTypes() {
      return List.of();
    }
  }
}
