package io.github.dyad.data.layout;

import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.Domain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * View, that is Intel Image Classification (2019): six kinds of scene. The archive repeats each
 * folder's name ({@code seg_train/seg_train}); both forms are read. {@code seg_pred} has no labels
 * and is left alone.
 */
public final class IntelView extends ScannedLayout {

  public IntelView() {
    super(
        "view",
        new DatasetFacts(
            "View (Intel Image Classification)",
            Domain.SEMANTIC,
            "https://www.kaggle.com/datasets/puneet6060/intel-image-classification",
            "not stated by its authors",
            "17,034 images in 6 classes, 0.4 GB",
            "seg_train/seg_train/<class>/*.jpg, seg_test/seg_test/<class>/*.jpg"));
  }

  @Override
  void scan(Path root, Scan scan) throws IOException {
    SemanticFolders.scan(root, List.of("seg_train", "train"), List.of("seg_test", "test"), scan);
  }
}
