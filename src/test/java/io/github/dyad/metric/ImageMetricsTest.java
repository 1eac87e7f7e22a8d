package io.github.dyad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dyad.InputException;
import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/**
 * Goldens: scikit-learn 1.2.1, recipe src/test/recipes/metric_image_goldens.py. Tolerance 1e-9:
 * sums of a few hundred double terms of at most 1.
 */
class ImageMetricsTest {
  private static final double TOLERANCE = 1e-9;
  private static final int SEEDS = 200;

  @Test
  void image_metrics_equal_scikit_learn_for_any_number_of_ties() {
    List<CSVRecord> samples = Goldens.csv("image_scores.csv");
    for (CSVRecord expected : Goldens.csv("image_metrics.csv")) {
      String name = expected.get("case");
      List<CSVRecord> rows = samples.stream().filter(r -> r.get("case").equals(name)).toList();
      double[] scores =
          rows.stream().mapToDouble(r -> Double.parseDouble(r.get("score"))).toArray();
      boolean[] anomalous = new boolean[scores.length];
      for (int i = 0; i < scores.length; i++) {
        anomalous[i] = rows.get(i).get("label").equals("1");
      }
      ImageMetrics metrics = ImageMetrics.of(scores, anomalous);
      assertEquals(Double.parseDouble(expected.get("auroc")), metrics.auroc(), TOLERANCE, name);
      assertEquals(
          Double.parseDouble(expected.get("ap")), metrics.averagePrecision(), TOLERANCE, name);
      assertEquals(Double.parseDouble(expected.get("f1_max")), metrics.f1Max(), TOLERANCE, name);
    }
  }

  @Test
  void image_metrics_are_unchanged_by_a_strictly_increasing_map() {
    forAllScores(
        scores -> assertEquals(of(scores), of(scores.map(Math::exp)), () -> scores.summary()));
  }

  @Test
  void image_metrics_are_unchanged_by_the_order_of_the_samples() {
    forAllScores(scores -> assertEquals(of(scores), of(scores.reversed()), () -> scores.summary()));
  }

  @Test
  void image_auroc_is_complementary_under_negation_and_under_swapped_classes() {
    forAllScores(
        scores -> {
          double auroc = of(scores).auroc();
          assertEquals(1 - auroc, of(scores.map(x -> -x)).auroc(), 1e-15, scores::summary);
          assertEquals(1 - auroc, of(scores.withClassesSwapped()).auroc(), 1e-15, scores::summary);
        });
  }

  @Test
  void image_auroc_is_the_share_of_pairs_won_plus_half_the_ties() {
    forAllScores(
        scores -> {
          double won = 0;
          long pairs = 0;
          for (int a = 0; a < scores.values().length; a++) {
            for (int n = 0; n < scores.values().length; n++) {
              if (scores.anomalous()[a] && !scores.anomalous()[n]) {
                won += 0.5 * (1 + Double.compare(scores.values()[a], scores.values()[n]));
                pairs++;
              }
            }
          }
          assertEquals(won / pairs, of(scores).auroc(), 1e-12, scores::summary);
        });
  }

  @Test
  void single_metrics_equal_those_of_the_record() {
    Scores scores = Scores.random(7);
    ImageMetrics all = of(scores);
    assertEquals(all.auroc(), ImageMetrics.auroc(scores.values(), scores.anomalous()));
    assertEquals(
        all.averagePrecision(), ImageMetrics.averagePrecision(scores.values(), scores.anomalous()));
    assertEquals(all.f1Max(), ImageMetrics.f1Max(scores.values(), scores.anomalous()));
  }

  @Test
  void infinite_scores_rank_above_and_below_all_others_and_tie_with_their_like() {
    double inf = Double.POSITIVE_INFINITY;
    boolean[] labels = {false, true, false, true, false, true};
    double[] finite = {-9, 0, 1, 9, 9, -9};
    double[] infinite = {-inf, 0, 1, inf, inf, -inf};
    assertEquals(ImageMetrics.of(finite, labels), ImageMetrics.of(infinite, labels));
  }

  @Test
  void one_class_only_is_refused_and_never_one_half() {
    InputException none =
        assertThrows(
            InputException.class,
            () -> ImageMetrics.auroc(new double[] {1, 2}, new boolean[] {false, false}));
    assertEquals(
        "AUROC, AP and F1-max need normal and anomalous samples; of 2 samples 0 are anomalous",
        none.getMessage());
    assertThrows(
        InputException.class,
        () -> ImageMetrics.f1Max(new double[] {1, 2}, new boolean[] {true, true}));
    assertThrows(InputException.class, () -> ImageMetrics.of(new double[0], new boolean[0]));
  }

  @Test
  void a_NaN_score_is_refused_with_its_place() {
    InputException e =
        assertThrows(
            InputException.class,
            () -> ImageMetrics.of(new double[] {1, Double.NaN}, new boolean[] {true, false}));
    assertEquals("score 2 of 2 is NaN; metrics need numbers", e.getMessage());
  }

  @Test
  void scores_and_labels_of_different_length_are_a_bug_of_the_caller() {
    assertThrows(
        IllegalArgumentException.class, () -> ImageMetrics.of(new double[3], new boolean[2]));
  }

  private static ImageMetrics of(Scores scores) {
    return ImageMetrics.of(scores.values(), scores.anomalous());
  }

  private static void forAllScores(Consumer<Scores> law) {
    for (long seed = 0; seed < SEEDS; seed++) {
      law.accept(Scores.random(seed));
    }
  }
}
