package io.github.dyad.data.layout;

import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.ImageRef;
import io.github.dyad.data.Inspection.Count;
import io.github.dyad.data.Sample;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A data set that is not here, as its authors count it: samples without pixels, to plan with. No
 * root is looked at.
 */
public final class PublishedLayout extends ScannedLayout {
  /** Of Real-IAD only the sums over its categories were published. */
  private static final int REAL_IAD_CATEGORIES = 30;

  private final List<Count> counts;

  private PublishedLayout(DatasetLayout of, List<Count> counts) {
    super(of.name(), of.facts());
    this.counts = counts;
  }

  /** Empty where no counts were published. */
  public static Optional<DatasetLayout> of(DatasetLayout layout) {
    Map<String, Count> published = PublishedCounts.of(layout.name());
    if (published.isEmpty()) {
      return Optional.empty();
    }
    List<Count> counts = new ArrayList<>(published.values());
    if (counts.get(0).category().equals(PublishedCounts.TOTAL)) {
      Count total = counts.get(0);
      counts.clear();
      for (int i = 1; i <= REAL_IAD_CATEGORIES; i++) {
        counts.add(
            new Count(
                "category " + i,
                total.train() / REAL_IAD_CATEGORIES,
                total.test() / REAL_IAD_CATEGORIES,
                total.anomalous() / REAL_IAD_CATEGORIES));
      }
    }
    return Optional.of(new PublishedLayout(layout, counts));
  }

  @Override
  boolean rootIsThere(Path root, Scan scan) {
    return true; // it is not needed
  }

  @Override
  void scan(Path root, Scan scan) {
    for (Count count : counts) {
      if (scan.category(count.category())) {
        for (int i = 0; i < count.train(); i++) {
          scan.train(sample(count, "train", i, false));
        }
        for (int i = 0; i < count.test(); i++) {
          scan.test(sample(count, "test", i, i < count.anomalous()));
        }
      }
    }
  }

  private static Sample sample(Count count, String part, int number, boolean anomalous) {
    String path = "%s/%s/%06d".formatted(count.category(), part, number);
    ImageRef nothing = new NoPixels(path);
    return anomalous
        ? new Sample(path, count.category(), true, "anomaly", nothing, List.of())
        : Sample.normal(path, count.category(), nothing);
  }

  private record NoPixels(String name) implements ImageRef {
    @Override
    public InputStream open() {
      return InputStream.nullInputStream();
    }
  }
}
