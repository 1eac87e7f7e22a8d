package io.github.dyad.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the paper ran (Appendix D; Dinomaly's published settings), to say in what a result is a
 * smaller run. One that is reduced in anything is never compared without saying so.
 */
final class PaperProtocol {
  private static final int CROP = 392;
  private static final long SINGLE_CLASS_ITERATIONS = 5_000;

  private static final Map<String, Benchmark> BENCHMARKS =
      Map.of(
          "mvtec-ad", new Benchmark(50_000, 15, 15),
          "mvtec-loco", new Benchmark(50_000, 5, 5),
          "visa", new Benchmark(50_000, 12, 12),
          "real-iad", new Benchmark(50_000, 30, 30),
          "cifar-10", new Benchmark(82_500, 4, 10),
          "cifar-100", new Benchmark(62_500, 4, 20),
          "fashion-mnist", new Benchmark(62_500, 4, 10),
          "view", new Benchmark(62_500, 4, 6));

  /** Parts of a benchmark that Dyad has under an id of their own. */
  private static final Map<String, String> SUBSETS =
      Map.of("builtin:fashion-mnist-small", "fashion-mnist");

  /** Before a benchmark's id: pictures that Dyad drew in its layout. */
  private static final String MINIATURE = "builtin:miniature-";

  /**
   * @param iterations of the multi-class setting
   * @param multiClassRows rows that a multi-class mean is over: categories, or splits A to D
   * @param singleClassRows rows that a single-class mean is over
   */
  private record Benchmark(long iterations, int multiClassRows, int singleClassRows) {}

  private PaperProtocol() {}

  /** The benchmark that a data set is, is a part of, or is a miniature of. */
  static String benchmark(String dataset) {
    return dataset.startsWith(MINIATURE)
        ? dataset.substring(MINIATURE.length())
        : SUBSETS.getOrDefault(dataset, dataset);
  }

  /**
   * In what a result is less than the paper's run of the contender, one short text each; empty if
   * in nothing.
   *
   * @param rowsOfTrial how many rows the trial has beside its mean
   */
  static List<String> reductions(OwnResult result, Contender contender, int rowsOfTrial) {
    List<String> reductions = new ArrayList<>();
    Benchmark benchmark = BENCHMARKS.get(benchmark(result.dataset()));
    if (SUBSETS.containsKey(result.dataset())) {
      reductions.add("a part of " + benchmark(result.dataset()));
    }
    if (result.dataset().startsWith(MINIATURE)) {
      reductions.add("drawn miniatures in place of " + benchmark(result.dataset()));
    }
    long iterations = iterations(result, contender, benchmark);
    if (iterations > 0 && result.iterations().isEmpty()) {
      reductions.add(
          String.format(Locale.ROOT, "iterations unknown, the paper's are %,d", iterations));
    } else if (iterations > 0 && result.iterations().getAsLong() < iterations) {
      reductions.add(
          String.format(
              Locale.ROOT, "%,d of %,d iterations", result.iterations().getAsLong(), iterations));
    }
    reduceTeacher(result, contender, reductions);
    int crop = contender.variant().equals(Contender.AT_224) ? 224 : CROP;
    if (result.crop().isEmpty()) {
      reductions.add("image size unknown, the paper's is " + crop + " px");
    } else if (result.crop().getAsLong() != crop) {
      reductions.add(result.crop().getAsLong() + " px in place of " + crop);
    }
    if (result.limited()) {
      reductions.add("a limited number of images");
    }
    int rows =
        result.setting().equals("single-class")
            ? benchmark.singleClassRows()
            : benchmark.multiClassRows();
    if (result.isMean() && rowsOfTrial != rows) {
      reductions.add(
          rowsOfTrial == 0
              ? "a mean whose rows are not there"
              : "the mean of " + rowsOfTrial + " of " + rows + " rows");
    }
    return reductions;
  }

  private static void reduceTeacher(
      OwnResult result, Contender contender, List<String> reductions) {
    if (contender.equals(Contender.published(Contender.RD4AD))) {
      reductions.add("teacher " + result.teacher() + " in place of WideResNet50");
      return;
    }
    Backbone expected =
        contender.variant().equals(Backbone.SMALL.printed()) ? Backbone.SMALL : Backbone.BASE;
    if (!expected.is(result)) {
      reductions.add(
          (result.teacher().isEmpty() ? "teacher unknown" : "teacher " + result.teacher())
              + " in place of "
              + expected.printed());
    }
  }

  /** 0 for methods that are not trained by iterations of this kind. */
  private static long iterations(OwnResult result, Contender contender, Benchmark benchmark) {
    boolean singleClass = result.setting().equals("single-class");
    return switch (contender.method()) {
      case Contender.OURS -> singleClass ? SINGLE_CLASS_ITERATIONS : benchmark.iterations();
      case Contender.DINOMALY -> singleClass ? SINGLE_CLASS_ITERATIONS : 10_000;
      default -> 0;
    };
  }
}
