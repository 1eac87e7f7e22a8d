package io.github.dyad.data.layout;

import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.Domain;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * A small Fashion-MNIST that comes with Dyad: the first 200 training and test images of each class.
 * It is read from Dyad's own jar; the root does not matter.
 */
public final class BuiltinFashionMnist extends ScannedLayout {
  private static final String FOLDER = "/data/fashion-mnist-small/";

  public BuiltinFashionMnist() {
    super(
        "builtin:fashion-mnist-small",
        new DatasetFacts(
            "Fashion-MNIST, small",
            Domain.SEMANTIC,
            "comes with Dyad",
            "MIT",
            "4,000 images in 10 classes, 2 MB",
            "in the jar; no root needed"));
  }

  @Override
  boolean rootIsThere(Path root, Scan scan) {
    return true;
  }

  @Override
  void scan(Path root, Scan scan) throws IOException {
    for (int label = 0; label < FashionMnist.CLASSES; label++) {
      scan.category(String.valueOf(label));
    }
    IdxPair.scan(
        "train",
        FashionMnist.CLASSES,
        rank -> read("train-images-idx3-ubyte.gz", rank),
        rank -> read("train-labels-idx1-ubyte.gz", rank),
        scan::train);
    if (scan.trainOnly()) {
      return;
    }
    IdxPair.scan(
        "test",
        FashionMnist.CLASSES,
        rank -> read("t10k-images-idx3-ubyte.gz", rank),
        rank -> read("t10k-labels-idx1-ubyte.gz", rank),
        scan::test);
  }

  private static IdxFile read(String name, int rank) throws IOException {
    InputStream resource = BuiltinFashionMnist.class.getResourceAsStream(FOLDER + name);
    if (resource == null) {
      throw new IllegalStateException("the jar lacks " + FOLDER + name);
    }
    return IdxFile.read(FOLDER + name, resource, rank);
  }
}
