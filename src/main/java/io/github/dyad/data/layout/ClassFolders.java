package io.github.dyad.data.layout;

import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.Domain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Images in folders of classes: {@code train/<class>} and {@code test/<class>}. */
public final class ClassFolders extends ScannedLayout {

  public ClassFolders() {
    super(
        "class-folders",
        new DatasetFacts(
            "folders of classes",
            Domain.SEMANTIC,
            "your own images",
            "yours",
            "any",
            "train/<class>/*.jpg, test/<class>/*.jpg"));
  }

  @Override
  void scan(Path root, Scan scan) throws IOException {
    SemanticFolders.scan(root, List.of("train"), List.of("test"), scan);
  }
}
