package io.github.dyad;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds extensions on the class path. */
public final class Extensions {
  private Extensions() {}

  /** Whether an extension is a record with options of its own. */
  public static boolean hasOptions(Extension extension) {
    return extension instanceof Record && extension.getClass().getRecordComponents().length > 0;
  }

  /**
   * All of a kind with their default options, by name.
   *
   * @throws InputException when a jar on the class path is at fault
   */
  public static <E extends Extension> List<E> all(Class<E> kind) {
    List<E> found = new ArrayList<>();
    try {
      ServiceLoader.load(kind).forEach(found::add);
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new InputException(
          "an extension on the class path cannot be used: " + e.getMessage(), e);
    }
    found.sort(Comparator.comparing(Extension::name));
    for (int i = 0; i < found.size(); i++) {
      E extension = found.get(i);
      if (!extension.name().matches("(builtin:)?[a-z][a-z0-9-]{0,60}")) {
        throw new InputException(
            extension.getClass().getName()
                + " is called \""
                + extension.name()
                + "\"; expected lower case, digits and hyphens");
      }
      if (i > 0 && found.get(i - 1).name().equals(extension.name())) {
        throw new InputException(
            extension.getClass().getName()
                + " and "
                + found.get(i - 1).getClass().getName()
                + " are both called "
                + extension.name()
                + "; take one off the class path");
      }
    }
    return found;
  }

  /**
   * The one of that name, with its default options.
   *
   * @param key of the experiment file or command that named it
   * @throws InputException naming those that there are
   */
  public static <E extends Extension> E named(Class<E> kind, String key, String name) {
    List<E> all = all(kind);
    return all.stream()
        .filter(extension -> extension.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    key
                        + " is \""
                        + name
                        + "\"; expected one of "
                        + all.stream().map(Extension::name).collect(Collectors.joining(", "))));
  }
}
