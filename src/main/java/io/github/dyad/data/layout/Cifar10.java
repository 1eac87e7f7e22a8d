package io.github.dyad.data.layout;

import io.github.dyad.InputException;
import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.Domain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * CIFAR-10 (Krizhevsky, 2009): the binary version, or class folders named as its classes. Indices
 * in requests follow the official order, airplane 0 to truck 9.
 */
public final class Cifar10 extends ScannedLayout {
  private static final List<String> CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  public Cifar10() {
    super(
        "cifar-10",
        new DatasetFacts(
            "CIFAR-10",
            Domain.SEMANTIC,
            "https://www.cs.toronto.edu/~kriz/cifar.html (the binary version)",
            "not stated by its authors",
            "60,000 images in 10 classes, 184 MB",
            "cifar-10-batches-bin/{data_batch_1..5.bin, test_batch.bin}; or"
                + " {train,test}/<class>/*"));
  }

  @Override
  void scan(Path root, Scan scan) throws IOException {
    if (Folder.list(root).folder("train").isPresent()) {
      SemanticFolders.scan(root, List.of("train"), List.of("test"), scan);
      return;
    }
    CLASSES.forEach(scan::category);
    Path folder = CifarFolder.find(root, "cifar-10-batches-bin", "cifar-10-batches-py");
    for (int batch = 1; batch <= 5; batch++) {
      Path file = folder.resolve("data_batch_" + batch + ".bin");
      if (Files.isRegularFile(file)) {
        CifarRecords.scan(file, 1, CLASSES, scan::train);
      } else {
        scan.problem(file + " is missing; extract cifar-10-binary.tar.gz again");
      }
    }
    if (scan.trainOnly()) {
      return;
    }
    Path test = folder.resolve("test_batch.bin");
    if (!Files.isRegularFile(test)) {
      throw new InputException(test + " is missing; extract cifar-10-binary.tar.gz again");
    }
    CifarRecords.scan(test, 1, CLASSES, scan::test);
  }
}
