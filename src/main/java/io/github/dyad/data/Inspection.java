package io.github.dyad.data;

import java.util.List;

/**
 * What was found under a data set's root.
 *
 * @param counts images per category, in the data set's order
 * @param problems what keeps the data set from being read, one line each: what, where, what to do
 * @param notes what was passed over or differs from the published set, one line each
 * @param images every image and mask, for a check that decodes them
 */
public record Inspection(
    List<Count> counts, List<String> problems, List<String> notes, List<ImageRef> images) {

  /**
   * Images of one category.
   *
   * @param anomalous how many of {@code test} are; 0 for semantic data, where the normal classes
   *     that are asked for decide
   */
  public record Count(String category, int train, int test, int anomalous) {}

  public Inspection {
    counts = List.copyOf(counts);
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
    images = List.copyOf(images);
  }

  /** The categories found, in order. */
  public List<String> categories() {
    return counts.stream().map(Count::category).toList();
  }
}
