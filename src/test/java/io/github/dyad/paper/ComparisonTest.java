package io.github.dyad.paper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.paper.ComparisonLine.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final String BASE = "dinov2_vitb14_reg4.onnx 0123abcd";
  private static final String SMALL = "dinov2-with-registers-small.onnx 0123abcd";
  private static final List<String> SPLITS = List.of("A", "B", "C", "D");

  @Test
  void a_run_as_the_papers_is_compared_with_every_cell_that_measures_the_same() {
    Comparison comparison = Comparison.of(wholeTrial(run().dataset("fashion-mnist")));
    List<String> found =
        comparison.lines().stream()
            .map(l -> l.paper().orElseThrow().place() + " " + l.kind())
            .toList();
    assertEquals(
        List.of(
            "Table 16, A {01234}, Ours full",
            "Table 16, B {56789}, Ours full",
            "Table 16, C {02468}, Ours full",
            "Table 16, D {13579}, Ours full",
            "Table 1, FMNIST, Ours full",
            "Table 16, mean, Ours full"),
        found);
    ComparisonLine mean = comparison.lines().get(4);
    assertEquals(90.0, mean.ours().orElseThrow(), 1e-12);
    assertEquals(90.0 - 88.3, mean.difference().orElseThrow(), 1e-12);
    assertEquals("misprint: the rows average 89.33", comparison.lines().get(5).remark());
  }

  @Test
  void the_six_rows_of_table_3_are_students_class_tokens_and_fusion() {
    List<Run> six =
        List.of(
            run().students("encoder", "all", "encoder-only", "encoder"),
            run().students("decoder", "", "decoder-only", "decoder"),
            run().students("encoder", "last", "noisy-or", "encoder"),
            run().students("both", "all", "noisy-or", "noisy-or"),
            run().students("both", "last", "sum", "sum"),
            run().students("both", "last", "noisy-or", "noisy-or"));
    List<PaperTable.Row> rows = PaperTables.table(3).rows();
    for (int i = 0; i < 6; i++) {
      int row = i;
      List<String> found =
          Comparison.of(wholeTrial(six.get(i))).lines().stream()
              .flatMap(line -> line.paper().stream())
              .filter(cell -> cell.table() == 3)
              .map(PaperCell::row)
              .toList();
      assertEquals(List.of(rows.get(row).name()), found);
    }
  }

  @Test
  void rd4ad_on_the_papers_teacher_is_the_row_of_table_4_that_has_it() {
    ComparisonLine same =
        lastLine(Comparison.of(wholeTrial(run().dataset("mvtec-ad").method("rd4ad"))));
    assertEquals("Table 4, RD4AD DINOv2-B-reg4/14, MVTec-AD", same.paper().orElseThrow().place());
    ComparisonLine other =
        lastLine(Comparison.of(wholeTrial(run().dataset("visa").method("rd4ad"))));
    assertEquals("RD4AD", other.contender().orElseThrow().toString());
    assertTrue(other.remark().contains("in place of WideResNet50"), other.remark());
  }

  @Test
  void combinations_that_the_paper_does_not_have_say_so() {
    alone(run().students("both", "all", "sum", "sum"), "no such students");
    alone(run().students("both", "last", "sum", "noisy-or"), "no such students");
    alone(
        run()
            .students("encoder", "last", "encoder-only", "encoder")
            .assumptions("objective.distilledTokens=patch"),
        "no such students");
    alone(run().dataset("made-parts"), "prints nothing of Ours on made-parts mean, multi-class");
    alone(run().fewShot(4), "the body of Table 6 (few-shot) is lost");
    alone(run().knownAnomalies(0.1), "the paper trains on normal images only");
  }

  @Test
  void a_smaller_run_is_never_compared_without_saying_in_what() {
    reduced(run().iterations(300), "300 of 82,500 iterations");
    reduced(run().iterations(-1), "iterations unknown, the paper's are 82,500");
    reduced(run().teacher("dyad-tiny.onnx"), "teacher dyad-tiny.onnx in place of DINOv2-B-reg4/14");
    reduced(run().teacher(""), "teacher unknown in place of DINOv2-B-reg4/14");
    reduced(run().teacher(BASE).parameters(5_700_000), "teacher " + BASE + " in place of");
    reduced(run().crop(64), "64 px in place of 392");
    reduced(run().crop(-1), "image size unknown, the paper's is 392 px");
    reduced(run().limited(), "a limited number of images");
    List<OwnResult> twoSplits = wholeTrial(run());
    twoSplits.subList(0, 2).clear();
    ComparisonLine mean = lastLine(Comparison.of(twoSplits));
    assertEquals(List.of("the mean of 2 of 4 rows"), mean.reductions());
    ComparisonLine part =
        lastLine(Comparison.of(wholeTrial(run().dataset("builtin:fashion-mnist-small"))));
    assertEquals(List.of("a part of fashion-mnist"), part.reductions());
  }

  @Test
  void crop_and_backbone_of_tables_12_13_and_5_are_rows_of_their_own_and_reductions_elsewhere() {
    assertEquals(List.of("13 full"), tables(run().crop(224)));
    assertEquals(List.of("5 full"), tables(run().teacher(SMALL).parameters(58_700_000).crop(392)));
    assertEquals(
        List.of("1 reduced", "16 reduced"), tables(run().dataset("fashion-mnist").crop(224)));
    assertEquals(List.of("11 full"), tables(run().assumptions("objective.distilledTokens=patch")));
  }

  @Test
  void methods_of_the_tables_are_compared_with_their_own_cells() {
    ComparisonLine knn = lastLine(Comparison.of(wholeTrial(run().dataset("view").method("knn"))));
    assertEquals("Table 17, mean, KNN", knn.paper().orElseThrow().place());
    assertEquals(List.of(), knn.reductions());
    Run dinomaly =
        run()
            .students("decoder", "", "decoder-only", "decoder")
            .assumptions("teacher.position=dinomaly")
            .iterations(10_000);
    ComparisonLine line = lastLine(Comparison.of(wholeTrial(dinomaly)));
    assertEquals("Table 15, mean, Dinomaly", line.paper().orElseThrow().place());
    assertEquals(Kind.FULL, line.kind(), line::remark);
  }

  @Test
  void rows_of_several_seeds_become_one_with_the_interval_of_their_mean() {
    List<OwnResult> results = new ArrayList<>();
    double[] aurocs = {0.97, 0.98, 0.975};
    for (int seed = 0; seed < 3; seed++) {
      results.addAll(wholeTrial(run().seed(seed).auroc(aurocs[seed])));
    }
    Comparison comparison = Comparison.of(results);
    ComparisonLine line = lastLine(comparison);
    assertEquals(3, line.seeds());
    assertEquals(97.5, line.ours().orElseThrow(), 1e-9);
    // t(0.975, 2) = 4.302653; s = 0.5 points; / √3
    assertEquals(4.302653 * 0.5 / Math.sqrt(3), line.interval().orElseThrow(), 1e-6);
    assertEquals("full-cifar-10", line.own().trial());
  }

  @Test
  void seeds_of_one_trial_name_are_whole_each() {
    List<OwnResult> results = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      results.addAll(wholeTrial(run().name("full").seed(seed)));
    }
    ComparisonLine line = lastLine(Comparison.of(results));
    assertEquals(3, line.seeds());
    assertEquals(List.of(), line.reductions());
  }

  @Test
  void trials_that_differ_in_more_than_their_seed_stay_apart() {
    List<OwnResult> results = new ArrayList<>(wholeTrial(run()));
    results.addAll(wholeTrial(run().seed(1).assumptions("optimizer.floor=0")));
    assertTrue(Comparison.of(results).lines().stream().allMatch(line -> line.seeds() == 1));
  }

  @Test
  void quantiles_of_student_equal_scipys() {
    // scipy.stats.t.ppf(0.975, n), scipy 1.10.1; the expansion's error at 11 degrees is 5e-6
    assertEquals(12.706204736432095, StudentT.quantile(1), 1e-6);
    assertEquals(2.2281388519649385, StudentT.quantile(10), 1e-6);
    assertEquals(2.200985160082949, StudentT.quantile(11), 1e-5);
    assertEquals(2.131449545559323, StudentT.quantile(15), 2e-6);
    assertEquals(2.0422724563012373, StudentT.quantile(30), 1e-7);
  }

  @Test
  void parameters_of_the_two_backbones_are_those_that_table_5_prints() {
    assertEquals(233.1, Math.round(Backbone.BASE.parameters(true, true) / 1e5) / 10.0);
    assertEquals(58.7, Math.round(Backbone.SMALL.parameters(true, true) / 1e5) / 10.0);
  }

  private static List<String> tables(Run run) {
    return Comparison.of(wholeTrial(run)).lines().stream()
        .filter(line -> line.own().isMean())
        .map(line -> line.paper().orElseThrow().table() + " " + line.kind())
        .toList();
  }

  private static void alone(Run run, String why) {
    ComparisonLine line = lastLine(Comparison.of(wholeTrial(run)));
    assertEquals(Kind.NO_COUNTERPART, line.kind());
    assertTrue(line.remark().startsWith("no counterpart: "), line::remark);
    assertTrue(line.remark().contains(why), line::remark);
  }

  private static void reduced(Run run, String reduction) {
    for (ComparisonLine line : Comparison.of(wholeTrial(run)).lines()) {
      assertEquals(1, line.reductions().size(), line::remark);
      assertTrue(line.reductions().get(0).startsWith(reduction), line::remark);
      assertTrue(line.remark().startsWith("reduced: "), line::remark);
      assertEquals(Kind.REDUCED, line.kind());
    }
  }

  private static ComparisonLine lastLine(Comparison comparison) {
    return comparison.lines().get(comparison.lines().size() - 1);
  }

  /** The four splits and their mean. */
  private static List<OwnResult> wholeTrial(Run run) {
    return new ArrayList<>(
        Stream.concat(SPLITS.stream(), Stream.of("mean")).map(run::result).toList());
  }

  private static Run run() {
    return new Run();
  }

  /** The paper's own run on CIFAR-10, of which a test changes what it is about. */
  private static final class Run {
    private String dataset = "cifar-10";
    private String name = "";
    private String method = "";
    private String students = "both";
    private String classTokens = "last";
    private String objective = "noisy-or";
    private String fusion = "noisy-or";
    private int seed;
    private long iterations = 82_500;
    private long parameters = -1;
    private long crop = 392;
    private String teacher = BASE;
    private String assumptions = "default";
    private int fewShot;
    private double knownAnomalies;
    private boolean limited;
    private double auroc = 0.9;

    Run dataset(String value) {
      dataset = value;
      return this;
    }

    Run name(String value) {
      name = value;
      return this;
    }

    Run method(String value) {
      method = value;
      return this;
    }

    Run students(String who, String tokens, String minimised, String joined) {
      students = who;
      classTokens = tokens;
      objective = minimised;
      fusion = joined;
      return this;
    }

    Run seed(int value) {
      seed = value;
      return this;
    }

    Run iterations(long value) {
      iterations = value;
      return this;
    }

    Run parameters(long value) {
      parameters = value;
      return this;
    }

    Run crop(long value) {
      crop = value;
      return this;
    }

    Run teacher(String value) {
      teacher = value;
      return this;
    }

    Run assumptions(String value) {
      assumptions = value;
      return this;
    }

    Run fewShot(int value) {
      fewShot = value;
      return this;
    }

    Run knownAnomalies(double value) {
      knownAnomalies = value;
      return this;
    }

    Run limited() {
      limited = true;
      return this;
    }

    Run auroc(double value) {
      auroc = value;
      return this;
    }

    OwnResult result(String split) {
      return new OwnResult(
          // Where the seed stands depends on the order of the axes.
          !name.isEmpty()
              ? name
              : seed % 2 == 0 ? "s" + seed + "_full-" + dataset : "full-" + dataset + "_s" + seed,
          dataset,
          "multi-class",
          split,
          method,
          students,
          classTokens,
          objective,
          fusion,
          String.valueOf(seed),
          known(iterations),
          known(parameters),
          known(crop),
          teacher,
          assumptions,
          fewShot,
          knownAnomalies,
          limited,
          Map.of("image_auroc", auroc),
          Map.of());
    }

    private static OptionalLong known(long value) {
      return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }
  }
}
