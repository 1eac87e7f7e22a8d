package io.github.dyad.data.layout;

import io.github.dyad.InputException;
import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.Domain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Fashion-MNIST (Xiao et al., 2017): four IDX files, packed or not, in the root or where
 * torchvision puts them. Classes are called by their labels, "0" to "9".
 */
public final class FashionMnist extends ScannedLayout {
  static final int CLASSES = 10;

  private static final List<String> PLACES =
      List.of("", "raw", "FashionMNIST/raw", "data/fashion", "fashion-mnist");

  public FashionMnist() {
    super(
        "fashion-mnist",
        new DatasetFacts(
            "Fashion-MNIST",
            Domain.SEMANTIC,
            "https://github.com/zalandoresearch/fashion-mnist (or: ./dyad data fashion-mnist)",
            "MIT",
            "70,000 images in 10 classes, 31 MB",
            "{train,t10k}-images-idx3-ubyte.gz, {train,t10k}-labels-idx1-ubyte.gz"));
  }

  @Override
  void scan(Path root, Scan scan) throws IOException {
    for (int label = 0; label < CLASSES; label++) {
      scan.category(String.valueOf(label));
    }
    part(root, "train", "train", scan);
    if (!scan.trainOnly()) {
      part(root, "test", "t10k", scan);
    }
  }

  private static void part(Path root, String part, String prefix, Scan scan) throws IOException {
    try {
      IdxPair.scan(
          part,
          CLASSES,
          rank -> read(root, prefix + "-images-idx3-ubyte", rank),
          rank -> read(root, prefix + "-labels-idx1-ubyte", rank),
          part.equals("train") ? scan::train : scan::test);
    } catch (InputException e) {
      scan.problem(e.getMessage());
    }
  }

  private static IdxFile read(Path root, String name, int rank) throws IOException {
    for (String place : PLACES) {
      for (String ending : List.of(".gz", "")) {
        Path file = root.resolve(place).resolve(name + ending);
        if (Files.isRegularFile(file)) {
          return IdxFile.read(file.toString(), Files.newInputStream(file), rank);
        }
      }
    }
    throw new InputException(
        root.resolve(name + ".gz") + " is missing; ./dyad data fashion-mnist gets all four files");
  }
}
