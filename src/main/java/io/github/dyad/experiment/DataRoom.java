package io.github.dyad.experiment;

import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.Datasets;
import io.github.dyad.data.ValidationLayout;
import io.github.dyad.data.miniature.Miniatures;
import java.nio.file.Path;
import java.util.Map;

/** Where the planner finds data sets. */
public interface DataRoom {

  /**
   * @param options {@link TrialConfig#options}
   * @throws io.github.dyad.InputException naming the nearest known id, when there is none of this
   */
  DatasetLayout layout(String id, Map<String, Record> options);

  /** The folder that a data section means. */
  Path root(DataConfig data, Experiment experiment);

  /**
   * The data sets that {@link Datasets} knows; {@code data.root} is seen from the experiment file,
   * is {@link Datasets#home} where none is given; built-in ones and {@link DataConfig#MINIATURE}
   * are drawn in {@code drawn}.
   */
  static DataRoom in(Path drawn) {
    return new DataRoom() {
      @Override
      public DatasetLayout layout(String id, Map<String, Record> options) {
        return Datasets.layout(id, options);
      }

      @Override
      public Path root(DataConfig data, Experiment experiment) {
        String dataset = ValidationLayout.original(data.dataset());
        if (data.isMiniature()) {
          return Miniatures.root(dataset, drawn);
        }
        if (!data.root().isEmpty()) {
          return experiment.resolve(data.root());
        }
        return dataset.startsWith("builtin:")
            ? drawn.resolve(dataset.replace(':', '-'))
            : Datasets.home(dataset);
      }
    };
  }
}
