package io.github.dyad.paper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;

/**
 * Result rows beside the printed cells that measure the same: same data set, setting, split or
 * category, metric, and options that are a row or column of the paper ({@link Contender}). Rows
 * that differ in nothing but the seed become one line with mean and 95 % interval.
 *
 * @param lines in the order of the rows; one for every cell that a row matches, or one that says
 *     why it matches none; then one for every metric of one's own
 */
public record Comparison(List<ComparisonLine> lines) {

  public Comparison {
    lines = List.copyOf(lines);
  }

  /** Compares rows in any order, of one or several trials. */
  public static Comparison of(List<OwnResult> results) {
    Map<List<String>, Integer> rowsOfTrial = new LinkedHashMap<>(); // of one seed
    Map<OwnResult, List<OwnResult>> series = new LinkedHashMap<>();
    for (OwnResult result : results) {
      rowsOfTrial.merge(
          List.of(result.trial(), result.seed()), result.isMean() ? 0 : 1, Integer::sum);
      series.computeIfAbsent(result.withoutSeed(), key -> new ArrayList<>()).add(result);
    }
    List<ComparisonLine> lines = new ArrayList<>();
    series.forEach(
        (own, seeds) -> {
          int rows =
              seeds.stream()
                  .mapToInt(s -> rowsOfTrial.get(List.of(s.trial(), s.seed())))
                  .min()
                  .orElseThrow();
          List<ComparisonLine> found = counterparts(own, seeds, rows);
          lines.addAll(found.isEmpty() ? List.of(alone(own, seeds)) : found);
          lines.addAll(ownMetrics(own, seeds));
        });
    return new Comparison(lines);
  }

  /** How many lines are of a kind. */
  public long count(ComparisonLine.Kind kind) {
    return lines.stream().filter(line -> line.kind() == kind).count();
  }

  private static List<ComparisonLine> counterparts(
      OwnResult own, List<OwnResult> seeds, int rowsOfTrial) {
    List<ComparisonLine> lines = new ArrayList<>();
    if (own.fewShot() > 0 || own.knownAnomalies() > 0) {
      return lines;
    }
    TreeSet<String> metrics = new TreeSet<>();
    seeds.forEach(seed -> metrics.addAll(seed.metrics().keySet()));
    for (String metric : metrics) {
      for (Contender contender : Contender.of(own)) {
        List<PaperCell> cells = PaperTables.cells(meaning(own, metric, contender));
        for (PaperCell cell : cells) {
          lines.add(
              line(
                  own,
                  contender,
                  metric,
                  seeds,
                  cell,
                  PaperProtocol.reductions(own, contender, rowsOfTrial)));
        }
        if (!cells.isEmpty()) {
          break; // the closest contender that the paper has on this data
        }
      }
    }
    return lines;
  }

  private static CellMeaning meaning(OwnResult own, String metric, Contender contender) {
    return new CellMeaning(
        PaperProtocol.benchmark(own.dataset()), own.setting(), own.split(), metric, contender);
  }

  private static ComparisonLine line(
      OwnResult own,
      Contender contender,
      String metric,
      List<OwnResult> seeds,
      PaperCell cell,
      List<String> reductions) {
    return measured(
        own,
        Optional.of(contender),
        metric,
        100,
        seeds.stream().map(OwnResult::metrics).toList(),
        Optional.of(cell),
        reductions,
        "");
  }

  /** Metrics that the paper does not know, a line each. */
  private static List<ComparisonLine> ownMetrics(OwnResult own, List<OwnResult> seeds) {
    TreeSet<String> columns = new TreeSet<>();
    seeds.forEach(seed -> columns.addAll(seed.extra().keySet()));
    return columns.stream()
        .map(
            column ->
                measured(
                    own,
                    Optional.empty(),
                    column,
                    1,
                    seeds.stream().map(OwnResult::extra).toList(),
                    Optional.empty(),
                    List.of(),
                    "own metric: not in the paper; as in results.csv, not in percent"))
        .toList();
  }

  /** Mean and interval over the seeds that have the metric, times a factor. */
  private static ComparisonLine measured(
      OwnResult own,
      Optional<Contender> contender,
      String metric,
      double factor,
      List<Map<String, Double>> seeds,
      Optional<PaperCell> cell,
      List<String> reductions,
      String missing) {
    double[] numbers =
        seeds.stream()
            .filter(values -> values.containsKey(metric))
            .mapToDouble(values -> factor * values.get(metric))
            .toArray();
    double sum = 0;
    for (double value : numbers) {
      sum += value;
    }
    return new ComparisonLine(
        own,
        contender,
        metric,
        OptionalDouble.of(sum / numbers.length),
        numbers.length > 1
            ? OptionalDouble.of(StudentT.halfWidth(numbers))
            : OptionalDouble.empty(),
        numbers.length,
        cell,
        reductions,
        missing);
  }

  private static ComparisonLine alone(OwnResult own, List<OwnResult> seeds) {
    return new ComparisonLine(
        own,
        Optional.empty(),
        "",
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        seeds.size(),
        Optional.empty(),
        List.of(),
        whyAlone(own));
  }

  private static String whyAlone(OwnResult own) {
    if (own.fewShot() > 0) {
      return "no counterpart: the body of Table 6 (few-shot) is lost";
    }
    if (own.knownAnomalies() > 0) {
      return "no counterpart: the paper trains on normal images only";
    }
    if (Contender.of(own).isEmpty()) {
      return "no counterpart: the paper has no such students, class tokens, objective and fusion";
    }
    return "no counterpart: the paper prints nothing of "
        + Contender.of(own).get(0)
        + " on "
        + own.dataset()
        + " "
        + own.split()
        + ", "
        + own.setting();
  }
}
