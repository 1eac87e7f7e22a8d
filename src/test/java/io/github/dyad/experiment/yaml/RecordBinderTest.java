package io.github.dyad.experiment.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dyad.InputException;
import io.github.dyad.Require;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecordBinderTest {
  enum Way {
    NOISY_OR,
    SUM
  }

  record Inner(double rate, Way way, List<Integer> layers) {
    Inner {
      Require.positive("inner.rate", rate);
      layers = List.copyOf(layers);
    }
  }

  record Outer(Inner inner, int count, long seed, boolean on, String text) {}

  private static final Outer DEFAULTS =
      new Outer(new Inner(0.5, Way.SUM, List.of()), 3, 7, true, "t");

  private static Outer bind(String yaml) {
    return RecordBinder.bind(DEFAULTS, YamlReader.read("x.yaml", yaml.replace("\\n", "\n")));
  }

  @Test
  void what_is_not_said_stays_at_its_default() {
    assertEquals(
        new Outer(new Inner(0.5, Way.NOISY_OR, List.of(1, 2)), 3, 7, false, "t"),
        bind("inner: {way: noisy-or, layers: [1, 2]}\non: false"));
  }

  @Test
  void every_leaf_type_is_read() {
    assertEquals(
        new Outer(new Inner(1e-4, Way.SUM, List.of()), -2, 1L << 40, true, "1.50"),
        bind("inner.rate: 1e-4\ncount: -2\nseed: 1099511627776\ntext: 1.50"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          on: true\\ncuont: 4             | x.yaml:2: unknown key cuont. Did you mean count?
          inner: {rat: 4}                 | x.yaml:1: unknown key inner.rat. Did you mean inner.rate?
          rate: 4                         | x.yaml:1: unknown key rate. Did you mean inner.rate?
          inner.xyzzy: 4                  | x.yaml:1: unknown key inner.xyzzy; known here: rate, way, layers
          inner.way: noisyor              | x.yaml:1: inner.way is "noisyor"; expected noisy-or or sum. Did you mean "noisy-or"?
          inner.way: NOISY_OR             | x.yaml:1: inner.way is "NOISY_OR"; expected noisy-or or sum. Did you mean "noisy-or"?
          inner.way: quark                | x.yaml:1: inner.way is "quark"; expected noisy-or or sum.
          inner: 4                        | x.yaml:1: inner is "4"; expected a section with rate, way, layers
          inner:\\n  way: sum\\n  rate: 0 | x.yaml:3: inner.rate is 0.0; expected above 0
          inner.rate: NaN                 | x.yaml:1: inner.rate is "NaN"; expected a number
          inner.rate: 1f                  | x.yaml:1: inner.rate is "1f"; expected a number
          inner.rate: [1]                 | x.yaml:1: inner.rate is a list; expected one value
          inner.layers: 3                 | x.yaml:1: inner.layers is "3"; expected a list, as in [a, b]
          inner.layers: [1, x]            | x.yaml:1: inner.layers is "x"; expected a whole number
          count: 1.5                      | x.yaml:1: count is "1.5"; expected a whole number
          count: 3000000000               | x.yaml:1: count is "3000000000"; expected a whole number
          on: yes                         | x.yaml:1: on is "yes"; expected true or false
          """)
  void what_is_wrong_is_named_with_line_key_and_expectation(String yaml, String message) {
    assertEquals(message, assertThrows(InputException.class, () -> bind(yaml)).getMessage());
  }

  @Test
  void a_record_becomes_the_tree_that_would_give_it() {
    assertEquals(
        Map.of("rate", 0.5, "way", "noisy-or", "layers", List.of(1)),
        RecordTree.of(new Inner(0.5, Way.NOISY_OR, List.of(1))));
    assertEquals(
        List.of("inner.rate", "inner.way", "inner.layers", "count", "seed", "on", "text"),
        List.copyOf(RecordTree.flat(DEFAULTS).keySet()));
  }
}
