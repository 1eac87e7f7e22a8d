package io.github.dyad.data.layout;

import io.github.dyad.InputException;
import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.Domain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * CIFAR-100 (Krizhevsky, 2009) by its 20 coarse classes, as the paper takes it: the binary version.
 * Indices in requests follow the official order, which is alphabetical.
 */
public final class Cifar100 extends ScannedLayout {
  private static final List<String> COARSE_CLASSES =
      List.of(
          "aquatic_mammals",
          "fish",
          "flowers",
          "food_containers",
          "fruit_and_vegetables",
          "household_electrical_devices",
          "household_furniture",
          "insects",
          "large_carnivores",
          "large_man-made_outdoor_things",
          "large_natural_outdoor_scenes",
          "large_omnivores_and_herbivores",
          "medium_mammals",
          "non-insect_invertebrates",
          "people",
          "reptiles",
          "small_mammals",
          "trees",
          "vehicles_1",
          "vehicles_2");

  public Cifar100() {
    super(
        "cifar-100",
        new DatasetFacts(
            "CIFAR-100, coarse classes",
            Domain.SEMANTIC,
            "https://www.cs.toronto.edu/~kriz/cifar.html (the binary version)",
            "not stated by its authors",
            "60,000 images in 20 coarse classes, 184 MB",
            "cifar-100-binary/{train.bin, test.bin}"));
  }

  @Override
  void scan(Path root, Scan scan) throws IOException {
    COARSE_CLASSES.forEach(scan::category);
    Path folder = CifarFolder.find(root, "cifar-100-binary", "cifar-100-python");
    for (String part : scan.trainOnly() ? List.of("train") : List.of("train", "test")) {
      Path file = folder.resolve(part + ".bin");
      if (!Files.isRegularFile(file)) {
        throw new InputException(file + " is missing; extract cifar-100-binary.tar.gz again");
      }
      // Each record has the coarse label, then the fine one.
      CifarRecords.scan(file, 2, COARSE_CLASSES, part.equals("train") ? scan::train : scan::test);
    }
  }
}
