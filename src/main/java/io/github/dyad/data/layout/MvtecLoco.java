package io.github.dyad.data.layout;

import io.github.dyad.InputException;
import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.Domain;
import io.github.dyad.data.LocoDefect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * MVTec-LOCO (Bergmann et al., IJCV 2022): the defects are {@code logical_anomalies} and {@code
 * structural_anomalies}; an image has one mask for each of its anomalies. Its {@code
 * validation/good} is left alone.
 */
public final class MvtecLoco extends ScannedLayout {
  private static final String CONFIG = "defects_config.json";

  public MvtecLoco() {
    super(
        "mvtec-loco",
        new DatasetFacts(
            "MVTec-LOCO",
            Domain.INDUSTRIAL,
            "https://www.mvtec.com/company/research/datasets/mvtec-loco",
            "CC BY-NC-SA 4.0",
            "3,644 images in 5 categories, 5.7 GB",
            "<category>/{train/good, validation/good, test/{good, logical_anomalies,"
                + " structural_anomalies}, ground_truth/<defect>/NNN/NNN.png,"
                + " defects_config.json}"));
  }

  @Override
  void scan(Path root, Scan scan) throws IOException {
    IndustrialFolders.MVTEC.scan(root, scan);
    for (String category : scan.categories()) {
      Path inside = root.resolve(category).resolve(CONFIG);
      if (Files.isRegularFile(inside)) {
        readable(inside, scan);
      } else {
        scan.note(inside + " is missing: sPRO needs it");
      }
    }
  }

  private static void readable(Path config, Scan scan) {
    try {
      LocoDefect.requireReadable(config);
    } catch (InputException e) {
      scan.problem(e.getMessage());
    }
  }
}
