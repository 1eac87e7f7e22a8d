package io.github.dyad.search;

import io.github.dyad.InputException;
import io.github.dyad.experiment.TrialConfig;
import io.github.dyad.experiment.store.Decimals;
import io.github.dyad.experiment.yaml.Node;
import io.github.dyad.experiment.yaml.Place;
import io.github.dyad.experiment.yaml.RecordTree;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.distribution.LogUniformDistribution;
import org.deeplearning4j.arbiter.optimize.parameter.FixedValue;
import org.deeplearning4j.arbiter.optimize.parameter.continuous.ContinuousParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.discrete.DiscreteParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.integer.IntegerParameterSpace;

/**
 * A key of the trial and what it may be: a list of values, or a range.
 *
 * @param key dotted, as in {@code base}
 * @param space Arbiter's
 * @param node from a value of the space to what the file would say
 * @param examples a few values, to be checked before anything runs
 */
record Parameter(
    String key, ParameterSpace<?> space, Function<Object, Node> node, List<Node> examples) {

  /** Digits that are kept of a decimal value: enough for any use, and easily read. */
  private static final MathContext DIGITS = new MathContext(4);

  private static final Set<String> RANGE = Set.of("from", "to", "scale");

  static Parameter of(String key, Node node) {
    if (node instanceof Node.Sequence list && !list.items().isEmpty()) {
      return choice(key, list.items());
    }
    if (node instanceof Node.Mapping range && isRange(range)) {
      return range(key, range);
    }
    throw new InputException(
        node.place()
            + ": search.space."
            + key
            + " is "
            + node.describe()
            + "; expected a list of values, or {from: 1e-4, to: 1e-2, scale: log}");
  }

  /** Anything else in the space is a section with keys of its own. */
  static boolean isRange(Node.Mapping mapping) {
    return mapping.get("from") != null || mapping.get("to") != null;
  }

  /** Arbiter takes no choice among one. */
  boolean isFixed() {
    return space instanceof FixedValue;
  }

  private static Parameter choice(String key, List<Node> items) {
    Integer[] indices = IntStream.range(0, items.size()).boxed().toArray(Integer[]::new);
    return new Parameter(
        key,
        items.size() == 1 ? new FixedValue<>(0) : new DiscreteParameterSpace<>(indices),
        index -> items.get((Integer) index),
        items);
  }

  private static Parameter range(String key, Node.Mapping range) {
    range
        .entries()
        .forEach(
            (name, value) -> {
              if (!RANGE.contains(name)) {
                throw new InputException(
                    value.place()
                        + ": unknown key search.space."
                        + key
                        + "."
                        + name
                        + "; expected from, to and scale");
              }
            });
    double from = number(key, range, "from");
    double to = number(key, range, "to");
    boolean log = isLog(key, range);
    if (!(from < to) || (log && from <= 0)) {
      throw new InputException(
          range.place()
              + ": search.space."
              + key
              + " goes from "
              + from
              + " to "
              + to
              + "; expected from below to"
              + (log ? ", and from above 0 where the scale is log" : ""));
    }
    return isWhole(key) ? whole(key, range, from, to, log) : decimal(key, range, from, to, log);
  }

  private static Parameter decimal(
      String key, Node.Mapping range, double from, double to, boolean log) {
    Function<Object, Node> node =
        value -> {
          double rounded = new BigDecimal((Double) value).round(DIGITS).doubleValue();
          return scalar(range.place(), Decimals.shortest(Math.max(from, Math.min(to, rounded))));
        };
    return new Parameter(
        key,
        log
            ? new ContinuousParameterSpace(new LogUniformDistribution(from, to))
            : new ContinuousParameterSpace(from, to),
        node,
        List.of(node.apply(from), node.apply(to)));
  }

  private static Parameter whole(
      String key, Node.Mapping range, double from, double to, boolean log) {
    if (log || from != Math.rint(from) || to != Math.rint(to)) {
      throw new InputException(
          range.place()
              + ": search.space."
              + key
              + " takes whole numbers; expected whole ends and no scale, or a list of values");
    }
    Function<Object, Node> node = value -> scalar(range.place(), value.toString());
    return new Parameter(
        key,
        new IntegerParameterSpace((int) from, (int) to),
        node,
        List.of(node.apply((int) from), node.apply((int) to)));
  }

  private static Node scalar(Place place, String text) {
    return new Node.Scalar(place, text);
  }

  private static boolean isWhole(String key) {
    Object value = RecordTree.flat(TrialConfig.DEFAULTS).get(key);
    return value instanceof Integer || value instanceof Long;
  }

  private static boolean isLog(String key, Node.Mapping range) {
    Node scale = range.get("scale");
    if (scale == null) {
      return false;
    }
    String text = text(scale);
    if (!text.equals("log") && !text.equals("linear")) {
      throw new InputException(
          scale.place()
              + ": search.space."
              + key
              + ".scale is "
              + scale.describe()
              + "; expected linear or log");
    }
    return text.equals("log");
  }

  private static double number(String key, Node.Mapping range, String end) {
    Node node = range.get(end);
    try {
      return new BigDecimal(node == null ? "" : text(node)).doubleValue();
    } catch (NumberFormatException e) {
      throw new InputException(
          (node == null ? range : node).place()
              + ": search.space."
              + key
              + "."
              + end
              + (node == null ? " is not given" : " is " + node.describe())
              + "; expected a number",
          e);
    }
  }

  /** A value as tables show it. */
  static String text(Node node) {
    if (node instanceof Node.Sequence list) {
      return list.items().stream().map(Parameter::text).collect(Collectors.joining(", ", "[", "]"));
    }
    return node instanceof Node.Scalar scalar ? scalar.text() : node.describe();
  }
}
