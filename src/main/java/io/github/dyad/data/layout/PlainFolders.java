package io.github.dyad.data.layout;

import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.Domain;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One's own images: {@code normal/} to train on, with any folders inside, and {@code test/} with
 * one folder for each kind of image. Test folders called normal, good or ok hold normal images; any
 * other holds anomalies named by the folder. Masks are optional. The root is one category, called
 * by its folder's name, or holds several.
 */
public final class PlainFolders extends ScannedLayout {

  public PlainFolders() {
    super(
        "folders",
        new DatasetFacts(
            "one's own folders",
            Domain.INDUSTRIAL,
            "your own images",
            "yours",
            "any",
            "normal/, test/{normal, <defect>}, optional ground_truth/<defect>/NNN_mask.png; or"
                + " <category>/ with these"));
  }

  @Override
  void scan(Path root, Scan scan) throws IOException {
    IndustrialFolders.PLAIN.scan(root, scan);
  }
}
