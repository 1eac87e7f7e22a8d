package io.github.dyad.data;

import io.github.dyad.InputException;
import io.github.dyad.data.Inspection.Count;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Whether a copy of a data set can be used: its folders, and every image and mask read.
 *
 * @param dataset its id
 * @param isSemantic whether its normal classes are chosen by the request
 * @param counts images per category
 * @param problems what keeps it from being used
 * @param notes what differs from the published set or was passed over
 */
public record DatasetCheck(
    String dataset,
    boolean isSemantic,
    List<Count> counts,
    List<String> problems,
    List<String> notes) {

  private static final int TIMES_TOLD = 10;
  private static final int UNREADABLE_TOLD = 10;

  /** Gets told how many images of how many are done. */
  public interface Progress {
    void at(int done, int all);
  }

  /**
   * Looks at everything.
   *
   * @param quick read headers alone
   */
  public static DatasetCheck run(
      DatasetLayout layout, Path root, boolean quick, Progress progress) {
    Inspection inspection = layout.inspect(root);
    List<String> problems = new ArrayList<>(inspection.problems());
    List<String> unreadable = unreadable(inspection.images(), quick, progress);
    problems.addAll(unreadable.subList(0, Math.min(UNREADABLE_TOLD, unreadable.size())));
    if (unreadable.size() > UNREADABLE_TOLD) {
      problems.add(
          unreadable.size() - UNREADABLE_TOLD + " more images cannot be read; copy them again");
    }
    return new DatasetCheck(
        layout.name(),
        layout.facts().domain() == Domain.SEMANTIC,
        inspection.counts(),
        problems,
        inspection.notes());
  }

  public boolean isReady() {
    return problems.isEmpty();
  }

  /** One line: ready and with what, or the first problem, which says what to do. */
  public String verdict() {
    if (!isReady()) {
      String more = problems.size() > 1 ? " (and " + (problems.size() - 1) + " more)" : "";
      return "not ready: " + problems.get(0) + more;
    }
    int train = counts.stream().mapToInt(Count::train).sum();
    int test = counts.stream().mapToInt(Count::test).sum();
    String one = isSemantic ? "class" : "category";
    String many = isSemantic ? "classes" : "categories";
    return String.format(
        "ready: %s with %d training and %d test images in %d %s%s",
        dataset,
        train,
        test,
        counts.size(),
        counts.size() == 1 ? one : many,
        notes.isEmpty() ? "" : "; see the notes above");
  }

  private static List<String> unreadable(List<ImageRef> images, boolean quick, Progress progress) {
    AtomicInteger done = new AtomicInteger();
    int step = Math.max(1000, images.size() / TIMES_TOLD);
    return IntStream.range(0, images.size())
        .parallel()
        .mapToObj(
            i -> {
              Optional<String> problem = problem(images.get(i), quick);
              int count = done.incrementAndGet();
              if (count % step == 0) {
                progress.at(count, images.size());
              }
              return problem;
            })
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<String> problem(ImageRef image, boolean quick) {
    try {
      if (quick) {
        ImageReader.header(image);
      } else {
        ImageReader.raster(image, ImageDecoder.IMAGE);
      }
      return Optional.empty();
    } catch (InputException e) {
      return Optional.of(e.getMessage() + "; copy it again");
    }
  }
}
