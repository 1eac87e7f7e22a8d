package io.github.dyad.search;

import io.github.dyad.InputException;
import io.github.dyad.experiment.yaml.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;

/**
 * The keys that a search varies, as one of Arbiter's spaces; its values are overrides of the base
 * by dotted key, in the file's order.
 *
 * @param parameters in the file's order
 */
@SuppressWarnings("rawtypes") // Arbiter's interface
record TrialSpace(List<Parameter> parameters)
    implements ParameterSpace<LinkedHashMap<String, Object>> {
  /** Another choice of images would make scores that cannot be compared. */
  private static final String DATA = "data.";

  private static final String SIZE = "data.size.";

  TrialSpace {
    parameters = List.copyOf(parameters);
  }

  /** From the section {@code search.space}. */
  static TrialSpace read(Node.Mapping section) {
    List<Parameter> parameters = new ArrayList<>();
    collect("", section, parameters);
    if (parameters.stream().allMatch(Parameter::isFixed)) {
      throw new InputException(
          section.place() + ": search.space leaves no choice; expected a range or several values");
    }
    return new TrialSpace(parameters);
  }

  private static void collect(String prefix, Node.Mapping section, List<Parameter> parameters) {
    section
        .entries()
        .forEach(
            (name, node) -> {
              String key = prefix + name;
              if (node instanceof Node.Mapping inner && !Parameter.isRange(inner)) {
                collect(key + ".", inner, parameters);
                return;
              }
              if (key.startsWith(DATA) && !key.startsWith(SIZE)) {
                throw new InputException(
                    node.place()
                        + ": search.space varies "
                        + key
                        + ", but all candidates need the same images; expected it under base");
              }
              parameters.add(Parameter.of(key, node));
            });
  }

  /** Arbiter's own values by key; it serializes them, which {@link #overrides} need not be. */
  @Override
  public LinkedHashMap<String, Object> getValue(double[] values) {
    LinkedHashMap<String, Object> chosen = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      chosen.put(parameter.key(), parameter.space().getValue(values));
    }
    return chosen;
  }

  /** What the file would say in place of these values. */
  Map<String, Node> overrides(Map<?, ?> values) {
    Map<String, Node> overrides = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      overrides.put(parameter.key(), parameter.node().apply(values.get(parameter.key())));
    }
    return overrides;
  }

  @Override
  public int numParameters() {
    return parameters.stream().mapToInt(parameter -> parameter.space().numParameters()).sum();
  }

  @Override
  public List<ParameterSpace> collectLeaves() {
    List<ParameterSpace> leaves = new ArrayList<>();
    parameters.forEach(parameter -> leaves.addAll(parameter.space().collectLeaves()));
    return leaves;
  }

  @Override
  public Map<String, ParameterSpace> getNestedSpaces() {
    Map<String, ParameterSpace> spaces = new LinkedHashMap<>();
    parameters.forEach(parameter -> spaces.put(parameter.key(), parameter.space()));
    return spaces;
  }

  @Override
  public boolean isLeaf() {
    return false;
  }

  @Override
  public void setIndices(int... indices) {
    throw new UnsupportedOperationException("only leaves have indices");
  }
}
