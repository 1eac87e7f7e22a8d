package io.github.dyad.experiment.yaml;

import io.github.dyad.Extension;
import io.github.dyad.Extensions;
import io.github.dyad.InputException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lays a section of a YAML file over a record of defaults. Component names are the keys, records
 * are sections, and so are the records of a map, enums are written in kebab case, an {@link
 * Extension} by its name; {@code int}, {@code long}, {@code double}, {@code boolean}, {@link
 * String} and {@link List} of these are the leaves. Unknown keys and values of a wrong type or
 * outside the record's own range are refused with file, line, key and what was expected.
 */
public final class RecordBinder {
  private final Set<String> allKeys;

  private RecordBinder(Set<String> allKeys) {
    this.allKeys = allKeys;
  }

  /** The defaults, with what the section says in their place. */
  public static <R extends Record> R bind(R defaults, Node.Mapping section) {
    Node.Mapping nested = section.nested();
    return new RecordBinder(RecordTree.flat(defaults).keySet()).bind(defaults, nested, "", nested);
  }

  private <R extends Record> R bind(
      R defaults, Node.Mapping section, String prefix, Node.Mapping root) {
    RecordComponent[] components = defaults.getClass().getRecordComponents();
    refuseUnknownKeys(section, prefix, names(defaults));
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      Object value = RecordTree.read(defaults, components[i]);
      Node node = section.get(components[i].getName());
      String key = prefix + components[i].getName();
      if (node == null) {
        values[i] = value;
      } else if (value instanceof Record inner && !(value instanceof Extension)) {
        values[i] = bind(inner, requireSection(node, key, names(inner)), key + ".", root);
      } else if (value instanceof Map<?, ?> records) {
        values[i] = bindAll(records, node, key, root);
      } else {
        values[i] = leaf(components[i].getGenericType(), node, key);
      }
    }
    return construct(defaults, types, values, section, root);
  }

  /** Records by name, a section each. */
  private Map<String, Record> bindAll(
      Map<?, ?> defaults, Node node, String key, Node.Mapping root) {
    List<String> known = defaults.keySet().stream().map(String.class::cast).toList();
    Node.Mapping section = requireSection(node, key, known);
    refuseUnknownKeys(section, key + ".", known);
    Map<String, Record> values = new LinkedHashMap<>();
    defaults.forEach(
        (name, record) -> {
          Node own = section.get((String) name);
          String path = key + "." + name;
          values.put(
              (String) name,
              own == null
                  ? (Record) record
                  : bind(
                      (Record) record,
                      requireSection(own, path, names((Record) record)),
                      path + ".",
                      root));
        });
    return values;
  }

  private static List<String> names(Record record) {
    return Arrays.stream(record.getClass().getRecordComponents())
        .map(RecordComponent::getName)
        .toList();
  }

  private void refuseUnknownKeys(Node.Mapping section, String prefix, List<String> known) {
    section
        .entries()
        .forEach(
            (key, node) -> {
              if (!known.contains(key)) {
                throw unknownKey(node.place(), prefix + key, prefix, known, allKeys);
              }
            });
  }

  private static InputException unknownKey(
      Place place, String key, String prefix, List<String> known, Set<String> allKeys) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    String meant =
        Nearest.of(last, known)
            .map(near -> prefix + near)
            .or(() -> Nearest.of(key, allKeys))
            .or(
                () ->
                    allKeys.stream()
                        .filter(
                            path ->
                                Nearest.distance(last, path.substring(path.lastIndexOf('.') + 1))
                                    <= 1)
                        .findFirst())
            .map(near -> ". Did you mean " + near + "?")
            .orElse("; known here: " + String.join(", ", known));
    return new InputException(place + ": unknown key " + key + meant);
  }

  private static Node.Mapping requireSection(Node node, String key, List<String> known) {
    if (node instanceof Node.Mapping mapping) {
      return mapping;
    }
    throw new InputException(
        node.place()
            + ": "
            + key
            + " is "
            + node.describe()
            + "; expected a section with "
            + String.join(", ", known));
  }

  private static Object leaf(Type type, Node node, String key) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      if (!(node instanceof Node.Sequence sequence)) {
        throw expected(node, key, "a list, as in [a, b]");
      }
      List<Object> values = new ArrayList<>();
      for (Node item : sequence.items()) {
        values.add(leaf(list.getActualTypeArguments()[0], item, key));
      }
      return List.copyOf(values);
    }
    if (!(node instanceof Node.Scalar scalar)) {
      throw expected(node, key, "one value");
    }
    if (type == int.class || type == Integer.class) {
      return whole(scalar, key, Integer.MIN_VALUE, Integer.MAX_VALUE).intValue();
    }
    if (type == long.class || type == Long.class) {
      return whole(scalar, key, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (type == double.class || type == Double.class) {
      return number(scalar, key);
    }
    if (type == boolean.class || type == Boolean.class) {
      return truth(scalar, key);
    }
    if (type == String.class) {
      return scalar.text();
    }
    if (type instanceof Class<?> enumeration && enumeration.isEnum()) {
      return constant(enumeration, scalar, key);
    }
    if (type instanceof Class<?> kind && Extension.class.isAssignableFrom(kind)) {
      return extension(kind.asSubclass(Extension.class), scalar, key);
    }
    throw new IllegalStateException(key + " has a type that no YAML value can have: " + type);
  }

  private static Long whole(Node.Scalar scalar, String key, long least, long most) {
    try {
      long value = Long.parseLong(scalar.text());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw expected(scalar, key, "a whole number");
  }

  private static Double number(Node.Scalar scalar, String key) {
    // Double.parseDouble alone would take "1f", "0x1p3" and "NaN".
    if (scalar.text().matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,4})?")) {
      return Double.valueOf(scalar.text());
    }
    throw expected(scalar, key, "a number");
  }

  private static Boolean truth(Node.Scalar scalar, String key) {
    return switch (scalar.text()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw expected(scalar, key, "true or false");
    };
  }

  private static Object constant(Class<?> enumeration, Node.Scalar scalar, String key) {
    List<String> known = new ArrayList<>();
    for (Object constant : enumeration.getEnumConstants()) {
      String name = RecordTree.kebab((Enum<?>) constant);
      if (name.equals(scalar.text())) {
        return constant;
      }
      known.add(name);
    }
    throw expected(
        scalar, key, Nearest.oneOf(known) + "." + Nearest.question(scalar.text(), known));
  }

  private static Extension extension(
      Class<? extends Extension> kind, Node.Scalar scalar, String key) {
    List<String> known = new ArrayList<>();
    for (Extension extension : Extensions.all(kind)) {
      if (extension.name().equals(scalar.text())) {
        return extension;
      }
      known.add(extension.name());
    }
    throw expected(
        scalar, key, Nearest.oneOf(known) + "." + Nearest.question(scalar.text(), known));
  }

  private static InputException expected(Node node, String key, String what) {
    return new InputException(
        node.place() + ": " + key + " is " + node.describe() + "; expected " + what);
  }

  /** A record checks its own ranges; its message begins with the key, which tells the line. */
  @SuppressWarnings("unchecked")
  private static <R extends Record> R construct(
      R defaults, Class<?>[] types, Object[] values, Node.Mapping section, Node.Mapping root) {
    try {
      Constructor<?> constructor = defaults.getClass().getDeclaredConstructor(types);
      return (R) constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InputException refused) {
        String key = refused.getMessage().split("[ ;:]", 2)[0];
        Node culprit = find(root, key);
        Place place = culprit == null ? section.place() : culprit.place();
        throw new InputException(place + ": " + refused.getMessage(), refused);
      }
      throw new IllegalStateException("constructing " + defaults.getClass(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(defaults.getClass() + " is no open record", e);
    }
  }

  /** The node at a dotted key, or null. */
  private static Node find(Node.Mapping root, String dotted) {
    Node node = root;
    for (String key : dotted.split("\\.")) {
      node = node instanceof Node.Mapping mapping ? mapping.get(key) : null;
    }
    return node;
  }
}
