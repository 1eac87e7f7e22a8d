package io.github.dyad.paper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PaperTablesTest {
  @Test
  void there_are_tables_1_to_23_and_only_the_body_of_6_is_lost() {
    assertEquals(
        IntStream.rangeClosed(1, 23).boxed().toList(),
        PaperTables.all().stream().map(PaperTable::number).toList());
    for (PaperTable table : PaperTables.all()) {
      assertEquals(table.number() == 6, table.rows().isEmpty(), table.title());
      for (PaperTable.Row row : table.rows()) {
        assertEquals(table.columns().size(), row.cells().size(), table.number() + " " + row);
        assertEquals(table.keys().size(), row.keys().size(), table.number() + " " + row);
      }
    }
    assertTrue(PaperTables.table(6).note().contains("lost"));
    assertEquals(
        "the paper has no Table 24; expected 1 to 23",
        assertThrows(InputException.class, () -> PaperTables.table(24)).getMessage());
  }

  @Test
  void every_cell_is_a_percentage_a_dash_or_one_of_the_known_texts() {
    for (PaperTable table : PaperTables.all()) {
      for (PaperCell cell : table.cells()) {
        boolean number = cell.value().isPresent();
        boolean isSplit = table.number() >= 7 && table.number() <= 9;
        assertTrue(number != (isSplit || cell.column().equals("normal classes") || dash(cell)));
        boolean percentage = !cell.column().contains("(");
        assertTrue(
            !number || !percentage || cell.value().get().compareTo(BigDecimal.valueOf(100)) <= 0,
            cell::place);
      }
    }
  }

  @Test
  void exactly_the_listed_means_differ_from_what_their_rows_average_by_more_than_rounding() {
    List<String> misprints =
        PaperTables.all().stream()
            .flatMap(table -> table.cells().stream())
            .filter(PaperCell::isMisprint)
            .map(c -> c.table() + " " + c.column() + " " + c.printed() + " " + c.recomputedText())
            .toList();
    assertEquals(
        List.of(
            "12 Ours 99.2 98.89",
            "14 SimpleNet 96.5 95.63",
            "14 GeneralAD 56.8 57.95",
            "16 Transformaly 85.6 85.95",
            "16 Ours 88.3 89.33",
            "17 KNN 65.6 65.45",
            "17 Transformaly 82.2 80.58",
            "17 Dinomaly 66.6 66.73",
            "20 UniAD 88.8 85.50",
            "20 Dinomaly 99.8 98.73",
            "20 Ours 99.9 98.78",
            "23 DSKD 52.1 52.38"),
        misprints);
  }

  @Test
  void every_other_recomputed_mean_rounds_to_the_printed_one() {
    int means = 0;
    for (PaperTable table : PaperTables.all()) {
      for (PaperCell cell : table.cells()) {
        if (cell.recomputed().isPresent() && !cell.isMisprint()) {
          // half of the last printed digit: no mean is a matter of taste
          BigDecimal away = cell.recomputed().get().subtract(cell.value().get()).abs();
          assertTrue(away.compareTo(new BigDecimal("0.05")) <= 0, cell::place);
          means++;
        }
      }
    }
    assertEquals(61, means + 12, "means in Tables 12 to 21 and 23");
  }

  @Test
  void recomputed_means_are_those_of_the_rows() {
    PaperCell ours = cell(16, "mean", "Ours");
    BigDecimal byHand = new BigDecimal("93.2").add(new BigDecimal("78.9"));
    byHand = byHand.add(new BigDecimal("91.8")).add(new BigDecimal("93.4"));
    assertEquals(
        byHand.divide(BigDecimal.valueOf(4), 4, RoundingMode.UNNECESSARY),
        ours.recomputed().orElseThrow().setScale(4, RoundingMode.UNNECESSARY));
    assertTrue(cell(16, "A {01234}", "Ours").recomputed().isEmpty());
  }

  @Test
  void tables_that_disagree_name_each_other() {
    assertEquals(
        "Table 1 prints 88.9", PaperTables.note(cell(22, "VisA ReContrast", "image_auroc")));
    assertEquals(
        "misprint: the rows average 98.78; Table 1 prints 98.8; Table 22 prints 98.7",
        PaperTables.note(cell(20, "mean", "Ours")));
    Map<Boolean, List<String>> disagreeing =
        PaperTables.table(1).cells().stream()
            .collect(
                Collectors.partitioningBy(
                    c -> PaperTables.note(c).isEmpty(),
                    Collectors.mapping(c -> c.row() + " " + c.column(), Collectors.toList())));
    assertEquals(
        new TreeSet<>(
            List.of(
                "MVTec-AD SimpleNet",
                "MVTec-AD ReContrast",
                "VisA ReContrast",
                "VisA Dinomaly",
                "VisA GeneralAD",
                "VisA Ours",
                "MVTec-LOCO Dinomaly",
                "MVTec-LOCO GeneralAD",
                "Real-IAD RD4AD",
                "Real-IAD SimpleNet",
                "Real-IAD DeSTSeg",
                "Real-IAD UniAD",
                "CIFAR-10 Dinomaly",
                "View KNN")),
        new TreeSet<>(disagreeing.get(false)));
  }

  @Test
  void every_method_of_a_table_is_listed_with_whether_dyad_runs_it() {
    for (PaperTable table : PaperTables.all()) {
      for (PaperCell cell : table.cells()) {
        cell.meaning()
            .map(meaning -> meaning.contender().method())
            .ifPresent(method -> assertTrue(PublishedMethods.of(method).isPresent(), () -> method));
      }
    }
    assertEquals(
        List.of("Ours", "Dinomaly", "KNN", "PatchCore", "RD4AD"),
        PublishedMethods.names().stream()
            .filter(name -> PublishedMethods.of(name).orElseThrow().runByDyad())
            .toList());
  }

  @Test
  void a_cell_means_one_measurement_in_the_words_of_a_result_row() {
    Contender ours = Contender.published("Ours");
    assertEquals(
        new CellMeaning("fashion-mnist", "multi-class", "B", "image_auroc", ours),
        cell(16, "B {56789}", "Ours").meaning().orElseThrow());
    assertEquals(
        new CellMeaning("mvtec-ad", "multi-class", "metal_nut", "image_auroc", ours),
        cell(14, "object metal_nut", "Ours").meaning().orElseThrow());
    assertEquals(
        new CellMeaning("visa", "multi-class", "mean", "aupro", ours),
        cell(22, "VisA Ours", "aupro").meaning().orElseThrow());
    assertEquals(
        new CellMeaning("cifar-10", "single-class", "mean", "image_auroc", ours),
        cell(2, "CIFAR-10", "Ours").meaning().orElseThrow());
    assertEquals(
        new Contender("RD4AD", "DINOv2-B-reg4/14"),
        cell(4, "RD4AD DINOv2-B-reg4/14", "CIFAR-10").meaning().orElseThrow().contender());
    assertEquals(
        Contender.published("RD4AD"),
        cell(4, "RD4AD WideResNet50", "CIFAR-10").meaning().orElseThrow().contender());
    assertTrue(cell(5, "Ours DINOv2-B-reg4/14", "parameters (M)").meaning().isEmpty());
    assertTrue(cell(7, "A", "normal classes").meaning().isEmpty());
  }

  private static boolean dash(PaperCell cell) {
    return cell.printed().equals("-");
  }

  private static PaperCell cell(int table, String row, String column) {
    return PaperTables.table(table).cells().stream()
        .filter(cell -> cell.row().equals(row) && cell.column().equals(column))
        .findFirst()
        .orElseThrow();
  }
}
