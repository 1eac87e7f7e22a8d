package io.github.dyad.experiment.yaml;

import io.github.dyad.InputException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A piece of a YAML file and its place; a value's place is that of the key in front of it. */
public sealed interface Node {
  Place place();

  /** What a message calls it: the text itself, or the kind. */
  String describe();

  /**
   * @param text as it stands in the file, quotes taken off
   */
  record Scalar(Place place, String text) implements Node {
    @Override
    public String describe() {
      return '"' + text + '"';
    }
  }

  /** A list in the file's order. */
  record Sequence(Place place, List<Node> items) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String describe() {
      return "a list";
    }
  }

  /** Keys and values in the file's order. */
  record Mapping(Place place, Map<String, Node> entries) implements Node {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    @Override
    public String describe() {
      return "a section";
    }

    /** Null where the key is absent. */
    public Node get(String key) {
      return entries.get(key);
    }

    /** This mapping with {@code key: value}, in its old place or at the end. */
    public Mapping with(String key, Node value) {
      Map<String, Node> changed = new LinkedHashMap<>(entries);
      changed.put(key, value);
      return new Mapping(place, changed);
    }

    /** This mapping without the key. */
    public Mapping without(String key) {
      Map<String, Node> changed = new LinkedHashMap<>(entries);
      changed.remove(key);
      return new Mapping(place, changed);
    }

    /**
     * This mapping overlaid with another: sections are merged key by key, everything else is
     * replaced.
     */
    public Mapping overlaidWith(Mapping over) {
      Map<String, Node> merged = new LinkedHashMap<>(entries);
      over.entries.forEach(
          (key, value) ->
              merged.merge(
                  key,
                  value,
                  (below, above) ->
                      below instanceof Mapping b && above instanceof Mapping a
                          ? b.overlaidWith(a)
                          : above));
      return new Mapping(place, merged);
    }

    /** This mapping with {@code a.b: x} written as {@code a: {b: x}}, at every depth. */
    public Mapping nested() {
      Mapping result = new Mapping(place, Map.of());
      for (Map.Entry<String, Node> entry : entries.entrySet()) {
        Node value = entry.getValue();
        Node inner = value instanceof Mapping mapping ? mapping.nested() : value;
        result = result.add(entry.getKey(), inner);
      }
      return result;
    }

    private Mapping add(String dotted, Node value) {
      int dot = dotted.indexOf('.');
      String key = dot < 0 ? dotted : dotted.substring(0, dot);
      Node there = get(key);
      if (dot < 0) {
        if (there instanceof Mapping below && value instanceof Mapping above) {
          Mapping merged = below;
          for (Map.Entry<String, Node> entry : above.entries.entrySet()) {
            merged = merged.add(entry.getKey(), entry.getValue());
          }
          return with(key, merged);
        }
        if (there != null) {
          throw new InputException(
              value.place()
                  + ": "
                  + key
                  + " is given twice, first in line "
                  + there.place().line());
        }
        return with(key, value);
      }
      if (there != null && !(there instanceof Mapping)) {
        throw new InputException(
            value.place() + ": " + key + " is given twice, first in line " + there.place().line());
      }
      Mapping section = there == null ? new Mapping(value.place(), Map.of()) : (Mapping) there;
      return with(key, section.add(dotted.substring(dot + 1), value));
    }
  }
}
