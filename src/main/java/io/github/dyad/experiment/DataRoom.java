package io.github.dyad.experiment;

import io.github.dyad.data.DatasetLayout;
import java.nio.file.Path;

/** Where the planner finds data sets. */
public interface DataRoom {

  /**
   * @throws io.github.dyad.InputException naming the nearest known id, when there is none of this
   */
  DatasetLayout layout(String id);

  /** The folder that a data section means. */
  Path root(DataConfig data, Experiment experiment);
}
