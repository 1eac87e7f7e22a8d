package io.github.dyad.paper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVRecord;

/** The methods of the tables: their citations, and whether Dyad runs them ({@code methods.csv}). */
public final class PublishedMethods {
  /** What stands beside a method that Dyad does not run. */
  public static final String PUBLISHED_ONLY = "published only";

  private static final Map<String, Method> METHODS = read();

  /**
   * A method with a column or rows of its own.
   *
   * @param name as in the tables
   * @param runByDyad else only the published numbers are there
   * @param citation short
   */
  public record Method(String name, boolean runByDyad, String citation) {}

  private PublishedMethods() {}

  /** The method that the tables call so; empty for a column that is no method. */
  public static Optional<Method> of(String name) {
    return Optional.ofNullable(METHODS.get(name));
  }

  /** The methods of a table that Dyad does not run, in the table's order. */
  public static List<String> notRun(PaperTable table) {
    return Stream.concat(
            table.columns().stream(), table.rows().stream().flatMap(row -> row.keys().stream()))
        .distinct()
        .filter(name -> of(name).filter(method -> !method.runByDyad()).isPresent())
        .toList();
  }

  static Set<String> names() {
    return METHODS.keySet();
  }

  private static Map<String, Method> read() {
    Map<String, Method> methods = new LinkedHashMap<>();
    for (CSVRecord line : Csv.records("methods.csv")) {
      String name = line.get("method");
      boolean run = line.get("run_by_dyad").equals("yes");
      methods.put(name, new Method(name, run, line.get("citation")));
    }
    return methods;
  }
}
