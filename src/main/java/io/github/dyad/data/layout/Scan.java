package io.github.dyad.data.layout;

import io.github.dyad.InputException;
import io.github.dyad.data.ImageRef;
import io.github.dyad.data.Inspection;
import io.github.dyad.data.Sample;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** What a layout finds under a root: images, and whatever is wrong, in the order it is met. */
final class Scan {
  private final Set<String> wanted;
  private final boolean trainOnly;
  private final Set<String> categories = new LinkedHashSet<>();
  private final List<Sample> train = new ArrayList<>();
  private final List<Sample> test = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param wanted categories to look into, empty = all
   * @param trainOnly test images do not count; files that hold nothing else are not opened
   */
  Scan(Set<String> wanted, boolean trainOnly) {
    this.wanted = wanted;
    this.trainOnly = trainOnly;
  }

  /** Notes that the data set has this category; says whether to look into it. */
  boolean category(String name) {
    categories.add(name);
    return wanted.isEmpty() || wanted.contains(name);
  }

  boolean trainOnly() {
    return trainOnly;
  }

  void train(Sample sample) {
    train.add(sample);
  }

  void test(Sample sample) {
    if (!trainOnly) {
      test.add(sample);
    }
  }

  /** Something that keeps the data set from being used as it should: what, where, what to do. */
  void problem(String line) {
    problems.add(line);
  }

  /** Something passed over. */
  void note(String line) {
    notes.add(line);
  }

  boolean isEmpty() {
    return train.isEmpty() && test.isEmpty();
  }

  List<String> categories() {
    return List.copyOf(categories);
  }

  List<Sample> train() {
    return train;
  }

  List<Sample> test() {
    return test;
  }

  /**
   * @throws InputException with the first problem, if there is any
   */
  void check(String dataset) {
    if (!problems.isEmpty()) {
      String more = problems.size() > 1 ? " (and " + (problems.size() - 1) + " more problems)" : "";
      throw new InputException(dataset + ": " + problems.get(0) + more);
    }
  }

  Inspection inspection() {
    TreeMap<String, int[]> counts = new TreeMap<>();
    categories.forEach(category -> counts.put(category, new int[3]));
    train.forEach(sample -> counts.get(sample.category())[0]++);
    for (Sample sample : test) {
      counts.get(sample.category())[1]++;
      counts.get(sample.category())[2] += sample.anomalous() ? 1 : 0;
    }
    List<ImageRef> images = new ArrayList<>();
    for (List<Sample> part : List.of(train, test)) {
      for (Sample sample : part) {
        images.add(sample.image());
        images.addAll(sample.masks());
      }
    }
    List<Inspection.Count> inOrder = new ArrayList<>();
    for (String category : isEmpty() ? Set.<String>of() : categories) {
      int[] count = counts.get(category);
      inOrder.add(new Inspection.Count(category, count[0], count[1], count[2]));
    }
    return new Inspection(inOrder, problems, notes, images);
  }
}
