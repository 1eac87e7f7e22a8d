package io.github.dyad.data;

import java.util.List;

/**
 * The images that a model learns from and the images it is judged on.
 *
 * @param dataset id of the {@link DatasetLayout} that read them
 * @param train sorted by path; all normal, but for known anomalies that were asked for
 * @param test sorted by path; shares no image with {@code train}
 * @param manifestHash SHA-256 in hex of the dataset id and, for each image of both lists in order,
 *     its path, category, label and defect and the SHA-256 of its whole content and of its masks'
 *     contents: any changed, added or missing byte changes it; names of folders above the data set
 *     and file times do not (Dyad adds the options of a data set that has some)
 * @param trainHash the same of {@code train} alone: another test set does not change it
 */
public record Splits(
    String dataset, List<Sample> train, List<Sample> test, String manifestHash, String trainHash) {
  public Splits {
    train = List.copyOf(train);
    test = List.copyOf(test);
  }
}
