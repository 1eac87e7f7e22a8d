package io.github.dyad.data;

import io.github.dyad.InputException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** Finds data sets by their id: Dyad's own and those of any jar on the class path. */
public final class Datasets {
  private Datasets() {}

  /** All layouts, by id. */
  public static List<DatasetLayout> all() {
    return ServiceLoader.load(DatasetLayout.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(DatasetLayout::id))
        .toList();
  }

  /** Where a data set is looked for unless a folder is named: {@code data/ID}. */
  public static Path home(String id) {
    return Path.of("data", id.replace(':', '-'));
  }

  /**
   * The layout of this id, which may be a {@link ValidationLayout#idOf}.
   *
   * @throws InputException naming the nearest id when there is none
   */
  public static DatasetLayout layout(String id) {
    return ValidationLayout.of(id).orElseGet(() -> named(id));
  }

  private static DatasetLayout named(String id) {
    List<DatasetLayout> all = all();
    List<String> ids = all.stream().map(DatasetLayout::id).toList();
    return all.stream()
        .filter(layout -> layout.id().equals(id))
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
