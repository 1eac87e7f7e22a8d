package io.github.dyad.data;

import io.github.dyad.InputException;
import io.github.dyad.Require;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which part of a data set is wanted. Applied in this order: categories or normal classes, few
 * shots, known anomalies, limits.
 *
 * @param setting {@code SINGLE_CLASS} takes exactly one category or normal class
 * @param categories industrial: categories to read, empty = all; semantic: must be empty
 * @param normalClasses semantic: classes that count as normal, by name or by their index in the
 *     data set's official order; industrial: must be empty
 * @param fewShot training images kept per category or normal class, 0 = all
 * @param knownAnomalies share in [0, 1) of the anomalous test images of each category and defect
 *     that move to the training list, labelled anomalous (supervised extension); rounded up, so
 *     that every kind is known, but one image of each stays
 * @param limitTrain training images kept, 0 = all; balanced over category and label
 * @param limitTest test images kept, 0 = all; balanced over category and label
 * @param seed decides which images few shots, known anomalies and limits take
 * @param trainOnly the test list stays empty, and no test image is opened
 */
public record SplitRequest(
    Setting setting,
    Set<String> categories,
    Set<String> normalClasses,
    int fewShot,
    double knownAnomalies,
    int limitTrain,
    int limitTest,
    long seed,
    boolean trainOnly) {

  public SplitRequest {
    categories = Collections.unmodifiableSet(new TreeSet<>(categories));
    normalClasses = Collections.unmodifiableSet(new TreeSet<>(normalClasses));
    Require.atLeast("data.fewShot", fewShot, 0);
    Require.halfOpen("data.knownAnomalies", knownAnomalies, 0, 1);
    Require.atLeast("data.limitTrain", limitTrain, 0);
    Require.atLeast("data.limitTest", limitTest, 0);
    if (!categories.isEmpty() && !normalClasses.isEmpty()) {
      throw new InputException(
          "data.categories and data.normalClasses are both given; industrial data takes the first,"
              + " semantic data the second");
    }
    if (trainOnly && knownAnomalies > 0) {
      throw new InputException(
          "data.knownAnomalies is "
              + knownAnomalies
              + "; expected 0 where test images are not looked at");
    }
  }

  /** Training and test images. */
  public SplitRequest(
      Setting setting,
      Set<String> categories,
      Set<String> normalClasses,
      int fewShot,
      double knownAnomalies,
      int limitTrain,
      int limitTest,
      long seed) {
    this(
        setting,
        categories,
        normalClasses,
        fewShot,
        knownAnomalies,
        limitTrain,
        limitTest,
        seed,
        false);
  }

  /** The same without test images. */
  public SplitRequest withoutTest() {
    return new SplitRequest(
        setting,
        categories,
        normalClasses,
        fewShot,
        knownAnomalies,
        limitTrain,
        limitTest,
        seed,
        true);
  }

  /** Everything, multi-class: all categories of an industrial data set. */
  public static SplitRequest all() {
    return new SplitRequest(Setting.MULTI_CLASS, Set.of(), Set.of(), 0, 0, 0, 0, 0);
  }

  /** One model for these normal classes of a semantic data set. */
  public static SplitRequest normalClasses(Set<String> normalClasses) {
    return new SplitRequest(Setting.MULTI_CLASS, Set.of(), normalClasses, 0, 0, 0, 0, 0);
  }

  /** The same with at most so many images (0 = all), chosen by the seed. */
  public SplitRequest limited(int train, int test, long withSeed) {
    return new SplitRequest(
        setting,
        categories,
        normalClasses,
        fewShot,
        knownAnomalies,
        train,
        test,
        withSeed,
        trainOnly);
  }
}
