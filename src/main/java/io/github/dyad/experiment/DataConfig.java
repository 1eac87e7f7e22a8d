package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.Require;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.MaskRule;
import io.github.dyad.data.Setting;
import java.util.List;

/**
 * Which images a trial learns from and is judged on.
 *
 * @param dataset id of a {@link io.github.dyad.data.DatasetLayout}; empty: not chosen yet
 * @param root the data set's folder, relative to the experiment file; empty: {@code data/ID} below
 *     the current folder, where {@code dyad data} puts it; {@value #MINIATURE}: a small copy of a
 *     benchmark, drawn by Dyad in its layout
 * @param setting one model for all normal classes, or one for each
 * @param splits which splits ({@code A} to {@code D}, semantic multi-class), classes or categories
 *     to run; empty: all
 * @param normalClasses semantic, multi-class: one split of these normal classes in place of A to D
 * @param size how images come to the teacher's size
 * @param fewShot normal training images kept per class, 0: all (Tab. 6)
 * @param knownAnomalies share of the anomalous test images that move to the training (supervised
 *     extension)
 * @param limitTrain training images kept, 0: all; anything else is a reduced run
 * @param limitTest test images kept, 0: all; anything else is a reduced run
 * @param masks at which resolution pixels are judged
 * @param locoAuroc MVTec-LOCO: mean of the logical and the structural metrics, or all pooled
 */
public record DataConfig(
    String dataset,
    String root,
    Setting setting,
    List<String> splits,
    List<String> normalClasses,
    ImageSize size,
    int fewShot,
    double knownAnomalies,
    int limitTrain,
    int limitTest,
    MaskRule masks,
    LocoAuroc locoAuroc) {

  public static final String MINIATURE = "builtin:miniature";

  public enum LocoAuroc {
    MEAN,
    POOLED
  }

  /** 64 px is the size of {@link TeacherConfig#BUILTIN}; the paper's 392 is in the presets. */
  public static final DataConfig DEFAULTS =
      new DataConfig(
          "",
          "",
          Setting.MULTI_CLASS,
          List.of(),
          List.of(),
          ImageSize.whole(64),
          0,
          0,
          0,
          0,
          MaskRule.DINOMALY,
          LocoAuroc.MEAN);

  boolean isMiniature() {
    return root.equals(MINIATURE);
  }

  /** As results name the data: a miniature is never taken for the data set itself. */
  String name() {
    return isMiniature() ? MINIATURE + "-" + dataset : dataset;
  }

  public DataConfig {
    splits = List.copyOf(splits);
    normalClasses = List.copyOf(normalClasses);
    Require.atLeast("data.fewShot", fewShot, 0);
    Require.halfOpen("data.knownAnomalies", knownAnomalies, 0, 1);
    Require.atLeast("data.limitTrain", limitTrain, 0);
    Require.atLeast("data.limitTest", limitTest, 0);
    if (!normalClasses.isEmpty() && !splits.isEmpty()) {
      throw new InputException(
          "data.normalClasses and data.splits are both given; expected one of them");
    }
  }
}
