package io.github.dyad.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import io.github.dyad.experiment.yaml.Node;
import io.github.dyad.experiment.yaml.YamlReader;
import io.github.dyad.search.SearchConfig.Generator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ProposalsTest {
  private static final String SPACE =
      """
      optimizer.learningRate: {from: 1e-4, to: 1e-1, scale: log}
      decoderStudent: {dropout: {from: 0, to: 0.5}, depth: [2, 4, 8]}
      objective.hardMiningRamp: {from: 10, to: 12}
      decoderStudent.tappedLayers: [[1, 2], [2, 3, 4, 5]]
      training.seed: [7]
      """;

  private static TrialSpace space(String yaml) {
    return TrialSpace.read(YamlReader.read("space.yaml", yaml).nested());
  }

  private static SearchConfig config(Generator generator, long seed) {
    SearchConfig d = SearchConfig.DEFAULTS;
    return new SearchConfig(
        generator, 20, 0, seed, d.score(), 2, 6, 0.2, d.earlyStop(), d.validation());
  }

  /** Proposals as text, each answered with a score that is a function of it. */
  private static List<String> first(int count, SearchConfig config) {
    Proposals proposals = new Proposals(config, space(SPACE));
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Optional<Map<String, Node>> next = proposals.next();
      if (next.isEmpty()) {
        break;
      }
      StringBuilder text = new StringBuilder();
      next.get().forEach((key, node) -> text.append(key).append(Parameter.text(node)).append(' '));
      texts.add(text.toString());
      proposals.report(Math.floorMod(text.toString().hashCode(), 1000));
    }
    return texts;
  }

  @ParameterizedTest
  @EnumSource(Generator.class)
  void the_same_configuration_gives_the_same_proposals(Generator generator) {
    List<String> once = first(30, config(generator, 5));
    assertEquals(30, once.size());
    assertEquals(once, first(30, config(generator, 5)));
    assertTrue(new HashSet<>(once).size() > 15, once.toString());
  }

  @Test
  void another_seed_gives_other_random_proposals() {
    assertNotEquals(first(5, config(Generator.RANDOM, 0)), first(5, config(Generator.RANDOM, 1)));
  }

  @Test
  void values_stay_in_their_ranges_and_logarithms_are_uniform() {
    Proposals proposals = new Proposals(config(Generator.RANDOM, 0), space(SPACE));
    int[] decades = new int[3];
    for (int i = 0; i < 600; i++) {
      Map<String, Node> values = proposals.next().orElseThrow();
      double rate = Double.parseDouble(Parameter.text(values.get("optimizer.learningRate")));
      double dropout = Double.parseDouble(Parameter.text(values.get("decoderStudent.dropout")));
      int ramp = Integer.parseInt(Parameter.text(values.get("objective.hardMiningRamp")));
      assertTrue(rate >= 1e-4 && rate <= 1e-1, "rate " + rate);
      assertTrue(dropout >= 0 && dropout <= 0.5, "dropout " + dropout);
      assertTrue(ramp >= 10 && ramp <= 12, "ramp " + ramp);
      assertEquals("7", Parameter.text(values.get("training.seed")));
      decades[Math.min(2, (int) (Math.log10(rate) + 4))]++;
    }
    for (int decade : decades) {
      // 200 expected, standard deviation 11.5
      assertTrue(decade > 150 && decade < 250, java.util.Arrays.toString(decades));
    }
  }

  @Test
  void a_grid_has_every_combination_once() {
    List<String> all = first(1000, config(Generator.GRID, 0));
    assertEquals(2 * 2 * 3 * 2 * 2, all.size());
    assertEquals(all.size(), new HashSet<>(all).size());
    assertTrue(all.get(0).startsWith("optimizer.learningRate0.0001 "), all.get(0));
  }

  @Test
  void genetic_proposals_learn_from_the_scores() {
    SearchConfig config = config(Generator.GENETIC, 1);
    Proposals proposals = new Proposals(config, space("decoderStudent.dropout: {from: 0, to: 1}"));
    double early = 0;
    double late = 0;
    for (int i = 0; i < 60; i++) {
      Node node = proposals.next().orElseThrow().get("decoderStudent.dropout");
      double score = Double.parseDouble(Parameter.text(node));
      proposals.report(score);
      early += i < 12 ? score / 12 : 0;
      late += i >= 48 ? score / 12 : 0;
    }
    assertTrue(late > early + 0.1, early + " then " + late);
  }

  @Test
  void what_makes_no_sense_is_refused_with_its_line() {
    refused("decoderStudent.dropout: 0.3", "space.yaml:1", "expected a list of values");
    refused("decoderStudent.dropout: {from: 0.3, to: 0.1}", "space.yaml:1", "from below to");
    refused("decoderStudent.dropout: {from: 0, to: 0.1, scale: log}", "above 0");
    refused("decoderStudent.dropout: {from: 0, to: x}", "dropout.to is \"x\"");
    refused("decoderStudent.dropout: {from: 0}", "dropout.to is not given");
    refused("decoderStudent.dropout: {from: 0, to: 0.2, step: 0.1}", "dropout.step");
    refused("decoderStudent.depth: {from: 2, to: 8, scale: log}", "whole numbers");
    refused("\ndata.limitTrain: [10, 20]", "space.yaml:2", "the same images");
    refused("decoderStudent.depth: [2]", "leaves no choice");
  }

  private static void refused(String yaml, String... parts) {
    String message = assertThrows(InputException.class, () -> space(yaml), yaml).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }
}
