package io.github.dyad.data;

import io.github.dyad.Extension;
import io.github.dyad.InputException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads one public layout of a data set, as it is downloaded, with its official split. Add yours:
 * implement it and name the class in {@code META-INF/services/io.github.dyad.data.DatasetLayout};
 * {@link SplitSelection} does the part that all layouts share.
 */
public interface DatasetLayout extends Extension {

  /** What it is and where it is had. */
  DatasetFacts facts();

  /**
   * The wanted part of the data set under {@code root}.
   *
   * @throws InputException naming the folder missed and expected, an unknown category, or too few
   *     images
   */
  Splits read(Path root, SplitRequest request);

  /**
   * What is there, without decoding an image: never throws for a damaged data set, but lists every
   * problem found.
   */
  Inspection inspect(Path root);

  /**
   * The images that are judged together as one sample have one group: the five views of a Real-IAD
   * object. Elsewhere each image is its own.
   */
  default String group(String path) {
    return path;
  }

  /** Categories (industrial) or classes (semantic) found under {@code root}, in official order. */
  default List<String> categories(Path root) {
    return inspect(root).categories();
  }
}
