package io.github.dyad.experiment;

import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.Inspection;
import io.github.dyad.data.SplitRequest;
import io.github.dyad.data.Splits;
import io.github.dyad.data.layout.PublishedLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Data sets as they are, and, where one is not there, as its authors count it: enough to plan with.
 *
 * @param room where data sets are looked for first
 * @param told hears a line for each that is not there
 */
public record StandInRoom(DataRoom room, Consumer<String> told) implements DataRoom {

  @Override
  public DatasetLayout layout(String id, Map<String, Record> options) {
    DatasetLayout real = room.layout(id, options);
    return PublishedLayout.of(real)
        .<DatasetLayout>map(published -> new Either(real, published, told))
        .orElse(real);
  }

  @Override
  public Path root(DataConfig data, Experiment experiment) {
    return room.root(data, experiment);
  }

  private record Either(DatasetLayout real, DatasetLayout published, Consumer<String> told)
      implements DatasetLayout {

    private DatasetLayout at(Path root) {
      if (Files.exists(root)) {
        return real;
      }
      told.accept(real.name() + " is not in " + root + ": planned with its published counts");
      return published;
    }

    @Override
    public String name() {
      return real.name();
    }

    @Override
    public DatasetFacts facts() {
      return real.facts();
    }

    @Override
    public Splits read(Path root, SplitRequest request) {
      return at(root).read(root, request);
    }

    @Override
    public Inspection inspect(Path root) {
      return at(root).inspect(root);
    }

    @Override
    public String group(String path) {
      return real.group(path);
    }

    @Override
    public List<String> categories(Path root) {
      return at(root).categories(root);
    }
  }
}
