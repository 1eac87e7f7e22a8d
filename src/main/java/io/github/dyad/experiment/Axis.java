package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.experiment.yaml.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One direction of a grid, an entry under {@code vary}: either a configuration key with a list of
 * values, or a name of the user's with a list of named sets of overrides.
 *
 * @param label the key or the user's name, dotted
 * @param swept true for a configuration key with values
 * @param variants what the axis runs through, in the file's order
 */
record Axis(String label, boolean swept, List<Variant> variants) {

  /** One step along an axis: its part of the trial's name, and what it overrides. */
  record Variant(String label, Node.Mapping overrides) {}

  /** The axes under {@code vary}, in the file's order. */
  static List<Axis> read(Node.Mapping vary) {
    List<Axis> axes = new ArrayList<>();
    collect("", vary, axes);
    Set<String> labels = new HashSet<>();
    for (Axis axis : axes) {
      if (!labels.add(axis.label)) {
        throw new InputException(vary.place() + ": vary names " + axis.label + " twice");
      }
    }
    return axes;
  }

  private static void collect(String prefix, Node.Mapping vary, List<Axis> axes) {
    for (Map.Entry<String, Node> entry : vary.entries().entrySet()) {
      String label = prefix + entry.getKey();
      if (entry.getValue() instanceof Node.Mapping section) {
        collect(label + ".", section, axes);
      } else if (entry.getValue() instanceof Node.Sequence list) {
        axes.add(of(label, list));
      } else {
        throw new InputException(
            entry.getValue().place()
                + ": vary."
                + label
                + " is "
                + entry.getValue().describe()
                + "; expected a list of values, or the value under base");
      }
    }
  }

  private static Axis of(String label, Node.Sequence list) {
    if (list.items().isEmpty()) {
      throw new InputException(list.place() + ": vary." + label + " is an empty list");
    }
    boolean named = list.items().get(0) instanceof Node.Mapping;
    List<Variant> variants = new ArrayList<>();
    Set<String> labels = new HashSet<>();
    for (Node item : list.items()) {
      Variant variant =
          named ? namedVariant(label, item) : new Variant(valueLabel(label, item), at(label, item));
      if (!labels.add(variant.label)) {
        throw new InputException(
            item.place() + ": vary." + label + " holds " + variant.label + " twice");
      }
      variants.add(variant);
    }
    return new Axis(label, !named, List.copyOf(variants));
  }

  private static Variant namedVariant(String label, Node item) {
    if (item instanceof Node.Mapping overrides
        && overrides.get("name") instanceof Node.Scalar name) {
      return new Variant(
          TrialName.part(name.text(), name.place()), overrides.without("name").nested());
    }
    throw new InputException(
        item.place()
            + ": every item of vary."
            + label
            + " needs a name, as in {name: joint, objective.objective: noisy-or}");
  }

  private static Node.Mapping at(String dotted, Node value) {
    return new Node.Mapping(value.place(), Map.of(dotted, value)).nested();
  }

  private static String valueLabel(String label, Node value) {
    if (value instanceof Node.Mapping) {
      throw new InputException(
          value.place() + ": vary." + label + " mixes values and named sets of overrides");
    }
    return TrialName.ofValue(label, value);
  }
}
