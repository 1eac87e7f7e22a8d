package io.github.dyad.experiment;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The columns of {@code results.csv}, in order; header, documentation and comparison are made from
 * them.
 */
public enum ResultColumn {
  TRIAL("", "name of the trial"),
  DATASET("", "id of the data set"),
  SETTING("", "single-class or multi-class"),
  SPLIT("", "split, class or category; mean: the mean of the trial's rows"),
  STUDENTS("", "whose scores count: encoder, decoder or both; or a method's name"),
  CLASS_TOKENS("", "class tokens in the encoder student's score: last or all"),
  OBJECTIVE("", "what was minimised"),
  FUSION("", "how the students' scores are joined"),
  SEED("", "of initial weights, order of images, dropout and chosen images"),
  IMAGE_AUROC("fraction", "area under the ROC curve over images"),
  IMAGE_AP("fraction", "average precision over images"),
  IMAGE_F1_MAX("fraction", "largest F1 over all thresholds"),
  TRAIN_ITERATIONS("steps", "optimizer steps of the training"),
  PARAMETERS("weights", "of teacher and trained students together"),
  ASSUMPTIONS("", "options that are not at their defaults, where the paper leaves a choice"),
  TEACHER("", "the teacher's file name, and the beginning of its SHA-256"),
  CROP("pixels", "side of the images that the teacher sees"),
  FEW_SHOT("images", "normal training images per class; 0: all"),
  KNOWN_ANOMALIES("fraction", "of the anomalous test images that were trained on"),
  LIMIT_TRAIN("images", "training images kept; 0: all"),
  LIMIT_TEST("images", "test images kept; 0: all"),
  TRAIN_IMAGES(
      "images", "that the model was trained on, without those held back for its threshold"),
  TEST_IMAGES("images", "that the row's metrics are over"),
  IMAGE_AUROC_LOGICAL("fraction", "MVTec-LOCO: logical anomalies against all normal images"),
  IMAGE_AUROC_STRUCTURAL("fraction", "MVTec-LOCO: structural anomalies against all normal images"),
  SAMPLE_AUROC("fraction", "Real-IAD: over objects, each scored as the worst of its views"),
  SAMPLE_AP("fraction", "Real-IAD: average precision over objects"),
  SAMPLE_F1_MAX("fraction", "Real-IAD: largest F1 over objects"),
  PIXEL_AUROC("fraction", "area under the ROC curve over pixels; this and all below: with masks"),
  PIXEL_AP("fraction", "average precision over pixels"),
  PIXEL_F1_MAX("fraction", "largest F1 over pixels"),
  AUPRO("fraction", "area under the per-region-overlap curve up to aupro_fpr_limit, exact"),
  AUPRO_DINOMALY("fraction", "the same from 200 thresholds, as the Dinomaly code takes it"),
  MIOU_MAX("fraction", "largest intersection over union of the anomalous pixels"),
  SPRO("fraction", "MVTec-LOCO: area under the saturated overlap curve up to spro_fpr_limit"),
  AUPRO_FPR_LIMIT("fraction", "false-positive rate up to which aupro and aupro_dinomaly go"),
  SPRO_FPR_LIMIT("fraction", "false-positive rate up to which spro goes"),
  PIXEL_ERROR_BOUND("fraction", "largest distance of the pixel metrics from exact ones; 0: exact");

  private final String unit;
  private final String sentence;

  ResultColumn(String unit, String sentence) {
    this.unit = unit;
    this.sentence = sentence;
  }

  /** As in the CSV's first line. */
  public String header() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Of all columns, in order. */
  public static List<String> headers() {
    return Arrays.stream(values()).map(ResultColumn::header).toList();
  }

  /** Empty for text. */
  public String unit() {
    return unit;
  }

  /** What it holds. */
  public String sentence() {
    return sentence;
  }

  /** Measured, and averaged in the mean row. */
  public boolean isMetric() {
    return switch (this) {
      case IMAGE_AUROC, IMAGE_AP, IMAGE_F1_MAX, IMAGE_AUROC_LOGICAL, IMAGE_AUROC_STRUCTURAL -> true;
      case SAMPLE_AUROC, SAMPLE_AP, SAMPLE_F1_MAX -> true;
      case PIXEL_AUROC, PIXEL_AP, PIXEL_F1_MAX, MIOU_MAX, PIXEL_ERROR_BOUND -> true;
      case AUPRO, AUPRO_DINOMALY, SPRO -> true;
      default -> false;
    };
  }
}
