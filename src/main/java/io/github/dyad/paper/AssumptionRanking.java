package io.github.dyad.paper;

import io.github.dyad.CsvText;
import io.github.dyad.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVPrinter;

/**
 * Which reading of what the paper leaves open matches Table 3 best. Sets of assumptions are
 * compared on the cells that all of them have: by the root of the mean squared difference, and by
 * how many pairs of rows stand in the printed order, which reduced runs can match too.
 *
 * @param sets the best first
 * @param cells how many cells of Table 3 they are compared on
 * @param reductions in what some of the runs are less than the paper's
 */
public record AssumptionRanking(List<Ranked> sets, int cells, List<String> reductions) {

  /**
   * One set of assumptions.
   *
   * @param assumptions those of {@code results.csv} that are readings of the paper
   * @param difference root of the mean squared difference, in percent points
   * @param order share of the pairs of rows of one data set that stand in the printed order; NaN if
   *     there is no pair
   */
  public record Ranked(String assumptions, double difference, double order) {}

  private static final int TABLE = 3;
  private static final String METRIC = "image_auroc";

  /**
   * Keys of the readings (ALGORITHM.md, assumptions); others, such as the rate, go with the data.
   */
  private static final Set<String> READINGS =
      Set.of(
          "teacher.position",
          "data.masks",
          "data.locoAuroc",
          "encoderStudent.input",
          "encoderStudent.layerScale",
          "encoderStudent.initStd",
          "decoderStudent.tappedLayers",
          "objective.temperature",
          "objective.distilledTokens",
          "objective.classTokenReduction",
          "objective.classTokenSet",
          "objective.classTokenNormalization",
          "objective.hardMining",
          "optimizer.floor",
          "optimizer.clipping",
          "training.checkpoint",
          "anomaly.decoderScore",
          "anomaly.temperature");

  private static final List<String> HEADER =
      List.of("rank", "difference", "order", "cells", "assumptions");

  /** A cell of Table 3: its row and its data set. */
  private record Cell(String row, String dataset) {}

  /** Mean over seeds. */
  private static final class Mean {
    private double sum;
    private int count;

    double value() {
      return sum / count;
    }
  }

  public AssumptionRanking {
    sets = List.copyOf(sets);
    reductions = List.copyOf(reductions);
  }

  /**
   * Ranks the sets of assumptions among the results.
   *
   * @throws InputException when no cell of Table 3 is there for all of them
   */
  public static AssumptionRanking of(List<OwnResult> results) {
    Map<String, Map<Cell, Mean>> sets = new LinkedHashMap<>();
    Set<String> reductions = new LinkedHashSet<>();
    Map<Cell, Double> printed = printed();
    for (OwnResult result : results) {
      String row = Contender.ablation(result).orElse("");
      Cell cell = new Cell(row, PaperProtocol.benchmark(result.dataset()));
      if (result.isMean()
          && result.setting().equals("multi-class")
          && result.metrics().containsKey(METRIC)
          && printed.containsKey(cell)) {
        Mean mean =
            sets.computeIfAbsent(readings(result.assumptions()), key -> new LinkedHashMap<>())
                .computeIfAbsent(cell, key -> new Mean());
        mean.sum += 100 * result.metrics().get(METRIC);
        mean.count++;
        reductions.addAll(
            PaperProtocol.reductions(result, Contender.ours(row), rows(results, result)));
      }
    }
    Set<Cell> common = new HashSet<>(printed.keySet());
    sets.values().forEach(cells -> common.retainAll(cells.keySet()));
    if (sets.isEmpty() || common.isEmpty()) {
      throw new InputException(
          "no cell of Table 3 is there for every set of assumptions; expected means of its rows on"
              + " MVTec-AD, MVTec-LOCO or CIFAR-10, multi-class (experiments/assumptions.yaml)");
    }
    List<Ranked> ranked = new ArrayList<>();
    sets.forEach((name, cells) -> ranked.add(ranked(name, cells, common, printed)));
    ranked.sort(Comparator.comparingDouble(Ranked::difference));
    return new AssumptionRanking(ranked, common.size(), List.copyOf(reductions));
  }

  private static String readings(String assumptions) {
    String readings =
        Arrays.stream(assumptions.split(" "))
            .filter(text -> READINGS.contains(text.replaceFirst("=.*", "")))
            .collect(Collectors.joining(" "));
    return readings.isEmpty() ? "default" : readings;
  }

  private static int rows(List<OwnResult> results, OwnResult mean) {
    return (int)
        results.stream().filter(r -> r.trial().equals(mean.trial()) && !r.isMean()).count();
  }

  private static Map<Cell, Double> printed() {
    Map<Cell, Double> printed = new LinkedHashMap<>();
    for (PaperCell cell : PaperTables.table(TABLE).cells()) {
      CellMeaning meaning = cell.meaning().orElseThrow();
      printed.put(
          new Cell(cell.row(), meaning.dataset()), cell.value().orElseThrow().doubleValue());
    }
    return printed;
  }

  private static Ranked ranked(
      String name, Map<Cell, Mean> own, Set<Cell> common, Map<Cell, Double> printed) {
    double squares = 0;
    Map<String, List<Cell>> byDataset = new TreeMap<>();
    for (Cell cell : common) {
      double difference = own.get(cell).value() - printed.get(cell);
      squares += difference * difference;
      byDataset.computeIfAbsent(cell.dataset, key -> new ArrayList<>()).add(cell);
    }
    int pairs = 0;
    int inOrder = 0;
    for (List<Cell> cells : byDataset.values()) {
      for (int i = 0; i < cells.size(); i++) {
        for (int j = 0; j < i; j++) {
          double ours = own.get(cells.get(i)).value() - own.get(cells.get(j)).value();
          double theirs = printed.get(cells.get(i)) - printed.get(cells.get(j));
          pairs++;
          inOrder += ours * theirs > 0 ? 1 : 0;
        }
      }
    }
    return new Ranked(
        name,
        Math.sqrt(squares / common.size()),
        pairs == 0 ? Double.NaN : (double) inOrder / pairs);
  }

  /** For a terminal or a pipe. */
  public List<String> lines() {
    TextTable table = new TextTable();
    table.add(HEADER);
    for (int i = 0; i < sets.size(); i++) {
      table.add(cells(i, "%.2f"));
    }
    List<String> lines = new ArrayList<>(table.render());
    lines.add("");
    lines.add(
        "difference: root of the mean squared difference to Table 3, in percent points; order:"
            + " share of pairs of rows in the printed order.");
    if (!reductions.isEmpty()) {
      lines.add("Reduced runs, so that differences prove little: " + String.join("; ", reductions));
    }
    return lines;
  }

  /** As {@code ranking.csv}. */
  public String csv() {
    StringBuilder text = new StringBuilder();
    try (CSVPrinter printer = new CSVPrinter(text, Csv.PLAIN)) {
      printer.printRecord(HEADER);
      for (int i = 0; i < sets.size(); i++) {
        printer.printRecord(CsvText.cells(cells(i, "%.6f")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private List<String> cells(int index, String format) {
    Ranked set = sets.get(index);
    return List.of(
        String.valueOf(index + 1),
        String.format(Locale.ROOT, format, set.difference),
        Double.isNaN(set.order) ? "" : String.format(Locale.ROOT, format, set.order),
        String.valueOf(cells),
        set.assumptions);
  }
}
