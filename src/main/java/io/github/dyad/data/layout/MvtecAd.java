package io.github.dyad.data.layout;

import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.Domain;
import java.io.IOException;
import java.nio.file.Path;

/**
 * MVTec-AD (Bergmann et al., CVPR 2019), and anything in its folders. The root holds the categories
 * or is one.
 */
public final class MvtecAd extends ScannedLayout {

  public MvtecAd() {
    super(
        "mvtec-ad",
        new DatasetFacts(
            "MVTec-AD",
            Domain.INDUSTRIAL,
            "https://www.mvtec.com/company/research/datasets/mvtec-ad",
            "CC BY-NC-SA 4.0",
            "5,354 images in 15 categories, 4.9 GB",
            "<category>/{train/good, test/<defect>, ground_truth/<defect>/NNN_mask.png}"));
  }

  @Override
  void scan(Path root, Scan scan) throws IOException {
    IndustrialFolders.MVTEC.scan(root, scan);
  }
}
