package io.github.dyad.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Sample;
import io.github.dyad.data.Splits;
import io.github.dyad.distillation.Objective;
import io.github.dyad.experiment.Grid.PlannedModel;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.teacher.PositionRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The paper's settings from the experiment file to the rows, on miniatures of the benchmarks. */
final class SettingsTest {
  @TempDir private static Path home;

  @TempDir(factory = MemoryFolder.class)
  private Path temporary;

  private Grid grid(String yaml) throws IOException {
    Path file = temporary.resolve("x.yaml");
    Files.writeString(file, yaml);
    Experiment experiment = Experiment.read(file);
    return new GridPlanner(DataRoom.in(home), new FakeEngine()::teacherSha256)
        .plan(experiment, experiment.trials(false));
  }

  private List<PlannedModel> models(String data) throws IOException {
    return grid("base: {data: {root: \"builtin:miniature\", "
            + data
            + "}, training.iterations: 2, metrics.pixel: false}")
        .trials()
        .get(0)
        .models();
  }

  private RunReport run(Grid grid, FakeEngine engine) {
    ResultsFolder folder = new ResultsFolder(temporary.resolve("results"));
    return new Runner(grid, folder, engine, TimingProtocol.SMOKE, new QuietListener(), () -> false)
        .run();
  }

  @Test
  void multi_class_industrial_is_one_model_with_a_row_for_each_category() throws IOException {
    List<PlannedModel> models = models("dataset: mvtec-ad");
    assertEquals(1, models.size());
    assertEquals(
        List.of("carpet", "metal_nut"),
        models.get(0).rows().stream().map(Grid.PlannedRow::split).toList());
    assertEquals(40, models.get(0).task().splits().train().size());
  }

  @Test
  void single_class_industrial_is_one_model_for_each_category() throws IOException {
    List<PlannedModel> models = models("dataset: mvtec-ad, setting: single-class");
    assertEquals(List.of("carpet", "metal_nut"), models.stream().map(PlannedModel::split).toList());
    for (PlannedModel model : models) {
      Splits splits = model.task().splits();
      assertTrue(splits.train().stream().allMatch(s -> s.category().equals(model.split())));
      assertTrue(splits.test().stream().allMatch(s -> s.category().equals(model.split())));
    }
  }

  @Test
  void multi_class_semantic_is_one_model_for_each_split() throws IOException {
    List<PlannedModel> models = models("dataset: cifar-10");
    assertEquals(List.of("A", "B", "C", "D"), models.stream().map(PlannedModel::split).toList());
    Set<String> normal =
        models.get(3).task().splits().train().stream()
            .map(Sample::category)
            .collect(Collectors.toSet());
    assertEquals(Set.of("automobile", "cat", "dog", "horse", "truck"), normal);
  }

  @Test
  void single_class_semantic_is_one_class_against_the_rest() throws IOException {
    List<PlannedModel> models = models("dataset: view, setting: single-class");
    assertEquals(6, models.size());
    for (PlannedModel model : models) {
      Splits splits = model.task().splits();
      assertTrue(splits.train().stream().allMatch(s -> s.category().equals(model.split())));
      assertEquals(30, splits.test().size()); // all classes
      assertTrue(
          splits.test().stream()
              .allMatch(s -> s.anomalous() != s.category().equals(model.split())));
    }
  }

  @Test
  void few_shots_are_seeded_and_make_the_batch_smaller() throws IOException {
    Grid grid =
        grid(
            """
            base: {data: {dataset: mvtec-ad, root: "builtin:miniature"}, training.iterations: 2}
            vary:
              data.fewShot: [1, 4, 16]
              training.seed: [0, 1]
            """);
    int[] batch = {1, 4, 8};
    for (int i = 0; i < 3; i++) {
      TrainingTask one = grid.trials().get(2 * i).models().get(0).task();
      TrainingTask other = grid.trials().get(2 * i + 1).models().get(0).task();
      assertEquals(2 * new int[] {1, 4, 16}[i], one.splits().train().size());
      assertEquals(batch[i], one.part().training().batchSize());
      assertNotEquals(one.splits().train(), other.splits().train(), "another seed, other images");
      assertEquals(one.splits().test(), other.splits().test());
    }
  }

  @Test
  void known_anomalies_are_trained_on_and_leave_the_test_set() throws IOException {
    Splits plain = models("dataset: mvtec-ad").get(0).task().splits();
    Splits splits = models("dataset: mvtec-ad, knownAnomalies: 0.2").get(0).task().splits();
    List<Sample> known = splits.train().stream().filter(Sample::anomalous).toList();
    assertEquals(8, known.size()); // one of five, of four kinds, in two categories
    assertEquals(plain.train().size() + 8, splits.train().size());
    assertEquals(plain.test().size() - 8, splits.test().size());
    Set<Sample> both = new HashSet<>(splits.test());
    both.retainAll(splits.train());
    assertEquals(Set.of(), both);
    SampleImages images = new SampleImages(splits.train(), ImageSize.whole(64));
    long anomalous = 0;
    for (int i = 0; i < images.count(); i++) {
      anomalous += images.anomalous(i) ? 1 : 0;
    }
    assertEquals(8, anomalous); // t = 0 for these in the objective
  }

  @Test
  void another_test_set_shares_the_training_and_has_rows_of_its_own() throws IOException {
    FakeEngine engine = new FakeEngine();
    Grid grid =
        grid(
            """
            base: {data: {dataset: mvtec-ad, root: "builtin:miniature"}, training.iterations: 2}
            vary: {data.limitTest: [0, 20]}
            """);
    RunReport report = run(grid, engine);
    assertEquals(List.of(), report.failures());
    assertEquals(1, engine.trained.size());
    assertEquals("40", report.rows().get(0).get(ResultColumn.TEST_IMAGES));
    assertEquals("10", report.rows().get(3).get(ResultColumn.TEST_IMAGES));
    assertEquals("builtin:miniature-mvtec-ad", report.rows().get(0).get(ResultColumn.DATASET));
    assertFalse(report.rows().get(0).get(ResultColumn.AUPRO).isEmpty());
  }

  @Test
  void the_dinomaly_preset_is_what_its_authors_ran() throws IOException {
    TrialConfig config =
        grid("base: {preset: dinomaly, data: {dataset: mvtec-ad, root: \"builtin:miniature\"}}")
            .trials()
            .get(0)
            .trial()
            .config();
    assertEquals(10_000, config.training().iterations());
    assertEquals(16, config.training().batchSize());
    assertEquals(2e-3, config.optimizer().learningRate());
    assertEquals(100, config.optimizer().warmupSteps());
    assertEquals(Objective.DECODER_ONLY, config.objective().objective());
    assertEquals(PositionRule.DINOMALY, config.teacher().position());
    assertEquals(448, config.data().size().resize());
    assertEquals(392, config.data().size().crop());
    assertTrue(config.objective().hardMining());
    assertEquals(DecoderStudentConfig.DEFAULTS, config.decoderStudent());
  }
}
