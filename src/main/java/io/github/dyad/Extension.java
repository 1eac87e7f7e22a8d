package io.github.dyad;

/**
 * Something that an experiment file calls by name and that any jar on the class path can bring:
 * implement one of the interfaces that extend this one, and name the class in {@code
 * META-INF/services/} under the interface's name. Dyad's own stand in the same place.
 *
 * <p>A class with options is a public record with a second, public constructor without parameters
 * that gives the defaults. Its components are the keys below {@code options.NAME} of an experiment
 * file; its compact constructor checks ranges with {@link Require} under these keys.
 */
public interface Extension {

  /**
   * As in experiment files and result rows: lower case, digits and hyphens; of data sets inside
   * Dyad, behind {@code builtin:}.
   */
  String name();
}
