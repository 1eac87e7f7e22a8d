package io.github.dyad.experiment.yaml;

import io.github.dyad.Extension;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes a configuration record as the tree that an experiment file would hold. */
public final class RecordTree {
  private RecordTree() {}

  /** Keys in the components' order; values are maps, lists, numbers, booleans and strings. */
  public static Map<String, Object> of(Record record) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      tree.put(component.getName(), value(read(record, component)));
    }
    return tree;
  }

  /** The same with dotted keys and no maps among the values. */
  public static Map<String, Object> flat(Record record) {
    Map<String, Object> flat = new LinkedHashMap<>();
    flatten("", of(record), flat);
    return flat;
  }

  /** A constant as experiment files write it: {@code NOISY_OR} is {@code noisy-or}. */
  public static String kebab(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Object read(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(
          record.getClass().getName() + "." + component.getName() + " is not readable", e);
    }
  }

  private static Object value(Object value) {
    if (value instanceof Extension extension) {
      return extension.name(); // its options stand by themselves
    }
    if (value instanceof Record record) {
      return of(record);
    }
    if (value instanceof Enum<?> constant) {
      return kebab(constant);
    }
    if (value instanceof Map<?, ?> records) {
      Map<String, Object> tree = new LinkedHashMap<>();
      records.forEach((key, record) -> tree.put((String) key, of((Record) record)));
      return tree;
    }
    if (value instanceof List<?> list) {
      List<Object> values = new ArrayList<>();
      list.forEach(item -> values.add(value(item)));
      return values;
    }
    return value;
  }

  private static void flatten(String prefix, Map<?, ?> tree, Map<String, Object> flat) {
    tree.forEach(
        (key, value) -> {
          String path = prefix + key;
          if (value instanceof Map<?, ?> section) {
            flatten(path + ".", section, flat);
          } else {
            flat.put(path, value);
          }
        });
  }
}
