package io.github.dyad.data;

import io.github.dyad.Extensions;
import io.github.dyad.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Finds data sets by their id: Dyad's own and those of any jar on the class path. */
public final class Datasets {
  private Datasets() {}

  /** All layouts with their default options, by id. */
  public static List<DatasetLayout> all() {
    return Extensions.all(DatasetLayout.class);
  }

  /** Where a data set is looked for unless a folder is named: {@code data/ID}. */
  public static Path home(String id) {
    return Path.of("data", id.replace(':', '-'));
  }

  /**
   * The layout of this id, which may be a {@link ValidationLayout#idOf}, with its default options.
   *
   * @throws InputException naming the nearest id when there is none
   */
  public static DatasetLayout layout(String id) {
    return layout(id, Map.of());
  }

  /**
   * @param options by name; a layout that is not among them has its default ones
   * @throws InputException naming the nearest id when there is none
   */
  public static DatasetLayout layout(String id, Map<String, Record> options) {
    return ValidationLayout.of(id, options).orElseGet(() -> named(id, options));
  }

  private static DatasetLayout named(String id, Map<String, Record> options) {
    if (options.get(id) instanceof DatasetLayout withOptions) {
      return withOptions;
    }
    List<DatasetLayout> all = all();
    List<String> ids = all.stream().map(DatasetLayout::name).toList();
    return all.stream()
        .filter(layout -> layout.name().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "there is no data set \""
                        + id
                        + "\"; expected one of "
                        + String.join(", ", ids)
                        + "."
                        + Nearest.hint(id, ids)));
  }
}
