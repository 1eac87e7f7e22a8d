package io.github.dyad.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.paper.OwnResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResultTableTest {
  @TempDir private Path folder;

  @Test
  void a_category_that_is_a_formula_is_text_in_the_file_and_itself_when_read() throws IOException {
    String category = "=HYPERLINK(\"http://127.0.0.1\",\"nut\")";
    ResultRow row =
        new ResultRow(
            Map.of(
                ResultColumn.TRIAL, "own",
                ResultColumn.DATASET, "mvtec-ad",
                ResultColumn.SETTING, "multi-class",
                ResultColumn.SPLIT, category,
                ResultColumn.STUDENTS, "both",
                ResultColumn.IMAGE_AUROC, "0.5"),
            Map.of());
    String text = ResultTable.write(List.of(row));
    assertTrue(text.contains(",\"'=HYPERLINK("), text);
    Path file = Files.writeString(folder.resolve("results.csv"), text);
    assertEquals(List.of(row), ResultTable.read(file));
    assertEquals(category, OwnResults.read(file).get(0).split());
  }
}
