package io.github.dyad.paper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class AssumptionRankingTest {
  /** students, class tokens, objective and fusion of Table 3's rows, with CIFAR-10's column. */
  private static final Object[][] ROWS = {
    {"encoder", "all", "encoder-only", "encoder", 85.84},
    {"decoder", "", "decoder-only", "decoder", 71.02},
    {"encoder", "last", "encoder-only", "encoder", 97.71},
    {"both", "all", "noisy-or", "noisy-or", 83.92},
    {"both", "last", "sum", "sum", 97.90},
    {"both", "last", "noisy-or", "noisy-or", 97.80}
  };

  private static OwnResult result(
      int row, String seed, String assumptions, double percent, String dataset) {
    Object[] of = ROWS[row];
    return new OwnResult(
        "trial" + row + assumptions + "_s" + seed,
        dataset,
        "multi-class",
        "mean",
        "",
        (String) of[0],
        (String) of[1],
        (String) of[2],
        (String) of[3],
        seed,
        OptionalLong.of(300),
        OptionalLong.of(1000),
        OptionalLong.of(64),
        "tiny.onnx 00",
        assumptions,
        0,
        0,
        false,
        new HashMap<>(Map.of("image_auroc", percent / 100)),
        Map.of());
  }

  private static List<OwnResult> rows(String assumptions, double shift) {
    List<OwnResult> rows = new ArrayList<>();
    for (int i = 0; i < ROWS.length; i++) {
      rows.add(result(i, "0", assumptions, (double) ROWS[i][4] + shift, "cifar-10"));
    }
    return rows;
  }

  @Test
  void the_set_nearest_to_table_3_is_first() {
    List<OwnResult> results = rows("optimizer.learningRate=0.002", -2); // no reading
    results.addAll(rows("objective.temperature=2", -0.5));
    AssumptionRanking ranking = AssumptionRanking.of(results);
    assertEquals("objective.temperature=2", ranking.sets().get(0).assumptions());
    assertEquals(0.5, ranking.sets().get(0).difference(), 1e-9);
    assertEquals(2, ranking.sets().get(1).difference(), 1e-9);
    assertEquals("default", ranking.sets().get(1).assumptions());
    assertEquals(1, ranking.sets().get(1).order(), "a shift keeps the order");
    assertEquals(6, ranking.cells());
    String text = String.join("\n", ranking.lines());
    assertTrue(text.contains("Reduced runs"), text);
    assertTrue(text.contains("300 of 82,500 iterations"), text);
    assertTrue(
        ranking.csv().contains("\n1,0.500000,1.000000,6,objective.temperature=2\n"), ranking.csv());
  }

  @Test
  void seeds_are_averaged_and_only_common_cells_count() {
    List<OwnResult> results = rows("default", 1);
    results.add(result(0, "1", "default", 85.84 - 1, "cifar-10"));
    results.add(result(0, "0", "optimizer.floor=zero", 85.84 + 3, "cifar-10"));
    AssumptionRanking ranking = AssumptionRanking.of(results);
    assertEquals(1, ranking.cells());
    assertEquals(0, ranking.sets().get(0).difference(), 1e-9, "+1 and -1 are 0");
    assertEquals(3, ranking.sets().get(1).difference(), 1e-9);
  }

  @Test
  void results_without_a_cell_of_table_3_are_refused() {
    List<OwnResult> others = List.of(result(0, "0", "default", 90, "visa"));
    InputException refused = assertThrows(InputException.class, () -> AssumptionRanking.of(others));
    assertTrue(refused.getMessage().contains("assumptions.yaml"), refused.getMessage());
  }
}
