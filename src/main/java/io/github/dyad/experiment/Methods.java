package io.github.dyad.experiment;

import io.github.dyad.Extension;
import io.github.dyad.Extensions;
import io.github.dyad.InputException;
import io.github.dyad.anomaly.Fusion;
import io.github.dyad.data.DatasetLayout;
import io.github.dyad.distillation.Objective;
import io.github.dyad.experiment.yaml.Nearest;
import io.github.dyad.experiment.yaml.RecordTree;
import io.github.dyad.method.MethodModel;
import io.github.dyad.metric.Metric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The methods that {@code method} may name, and the options of all extensions. */
final class Methods {
  /** The paper's method: two students. */
  static final String DISTILLATION = "distillation";

  private static final List<Extension> ALL = MethodModel.all();

  private Methods() {}

  /** Options of every extension that has some, at their defaults, by its name. */
  static Map<String, Record> defaultOptions() {
    Map<String, Record> options = new LinkedHashMap<>();
    Map<String, Extension> seen = new HashMap<>();
    Stream.of(
            ALL,
            Extensions.all(Fusion.class),
            Extensions.all(Objective.class),
            Extensions.all(Metric.class),
            Extensions.all(DatasetLayout.class))
        .flatMap(List::stream)
        .forEach(
            extension -> {
              Extension other = seen.put(extension.name(), extension);
              boolean has = Extensions.hasOptions(extension);
              if (other != null && (has || Extensions.hasOptions(other))) {
                throw new InputException(
                    extension.getClass().getName()
                        + " and "
                        + other.getClass().getName()
                        + " are both called "
                        + extension.name()
                        + ", and one has options; take one off the class path");
              }
              if (has) {
                options.put(extension.name(), (Record) extension);
              }
            });
    return options;
  }

  /**
   * The method with its options; empty for the distillation.
   *
   * @throws InputException naming the nearest one when there is none of this name
   */
  static Optional<Extension> find(String name, Map<String, Record> options) {
    if (name.equals(DISTILLATION)) {
      return Optional.empty();
    }
    if (ALL.stream().anyMatch(m -> m.name().equals(name))
        && options.get(name) instanceof Extension method) {
      return Optional.of(method);
    }
    List<String> names = new ArrayList<>(List.of(DISTILLATION));
    ALL.forEach(method -> names.add(method.name()));
    return Optional.of(
        ALL.stream()
            .filter(method -> method.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        "method is \""
                            + name
                            + "\"; expected "
                            + Nearest.oneOf(names)
                            + "."
                            + Nearest.question(name, names))));
  }

  /** The same metrics with the options that the trial gives them. */
  static List<Metric> withOptions(List<Metric> metrics, Map<String, Record> options) {
    return metrics.stream()
        .map(metric -> options.get(metric.name()) instanceof Metric own ? own : metric)
        .toList();
  }

  /** Name and options, as keys and manifests hold them. */
  static Map<String, Object> tree(Extension method) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", method.name());
    tree.put("options", method instanceof Record record ? RecordTree.of(record) : Map.of());
    return tree;
  }
}
