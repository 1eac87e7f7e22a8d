package io.github.dyad.data;

import java.util.List;
import java.util.Objects;

/**
 * One image of a split with its label.
 *
 * @param path relative, '/'-separated, unique in the data set, the same on every machine
 * @param category the industrial category ("bottle") or the semantic class ("airplane", "3")
 * @param anomalous the image's label; it comes from folder or class, never from the mask
 * @param defect kind of anomaly ("scratch_neck"; semantic: the class), {@link #GOOD} where normal
 * @param image the pixels
 * @param masks masks of the anomaly; empty for normal images and data without masks; several for
 *     MVTec-LOCO, whose union is the anomalous area
 */
public record Sample(
    String path,
    String category,
    boolean anomalous,
    String defect,
    ImageRef image,
    List<ImageRef> masks) {

  /** {@link #defect} of a normal image. */
  public static final String GOOD = "good";

  public Sample {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(category, "category");
    Objects.requireNonNull(defect, "defect");
    Objects.requireNonNull(image, "image");
    masks = List.copyOf(masks);
  }

  /** A normal image. */
  public static Sample normal(String path, String category, ImageRef image) {
    return new Sample(path, category, false, GOOD, image, List.of());
  }
}
