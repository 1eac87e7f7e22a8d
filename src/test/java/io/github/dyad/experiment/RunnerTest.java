package io.github.dyad.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import io.github.dyad.experiment.store.FileLock;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.experiment.store.WholeFile;
import io.github.dyad.metric.ImageMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunnerTest {
  private static final BooleanSupplier NEVER = () -> false;

  @TempDir(factory = MemoryFolder.class)
  Path temporary;

  private ResultsFolder folder;
  private final FakeDataRoom data = new FakeDataRoom();

  @BeforeEach
  void make_a_folder() {
    folder = new ResultsFolder(temporary.resolve("results"));
  }

  private Grid grid(Path file, boolean smoke) {
    Experiment experiment = Experiment.read(file);
    return new GridPlanner(data, new FakeEngine()::teacherSha256)
        .plan(experiment, experiment.trials(smoke));
  }

  private Grid grid(String yaml) throws IOException {
    Path file = temporary.resolve("x.yaml");
    Files.writeString(file, yaml);
    return grid(file, false);
  }

  private RunReport run(Grid grid, FakeEngine engine) {
    return run(grid, engine, new QuietListener(), NEVER);
  }

  private RunReport run(Grid grid, FakeEngine engine, RunListener listener, BooleanSupplier stop) {
    return new Runner(grid, folder, engine, TimingProtocol.SMOKE, listener, stop).run();
  }

  private Map<String, String> contents() {
    Map<String, String> contents = new HashMap<>();
    for (Path file : WholeFile.files(folder.root())) {
      contents.put(folder.name(file), Sha256.of(file));
    }
    return contents;
  }

  @Test
  void six_rows_on_two_data_sets_come_in_the_order_of_the_plan() {
    FakeEngine engine = new FakeEngine();
    RunReport report = run(grid(ExperimentTest.TABLE_3, true), engine);

    assertEquals(List.of(), report.failures());
    assertEquals(12, report.trials());
    assertEquals(12, report.finishedTrials());
    assertEquals(12, engine.trained.size()); // 4 for each of A, C and the two categories together
    List<ResultRow> rows = ResultTable.read(folder.results());
    assertEquals(report.rows(), rows);
    assertEquals(36, rows.size()); // (A, C, mean) and (bottle, metal nut, mean), six times each
    assertEquals(
        List.of("A", "C", "mean"),
        rows.subList(0, 3).stream().map(row -> row.get(ResultColumn.SPLIT)).toList());
    assertEquals(
        List.of("bottle", "metal nut", "mean"),
        rows.subList(33, 36).stream().map(row -> row.get(ResultColumn.SPLIT)).toList());
    ResultRow last = rows.get(34);
    assertEquals("parts_noisy-or-last_s0", last.get(ResultColumn.TRIAL));
    assertEquals("both", last.get(ResultColumn.STUDENTS));
    assertEquals("last", last.get(ResultColumn.CLASS_TOKENS));
    assertEquals("3", last.get(ResultColumn.TRAIN_ITERATIONS));
    assertEquals("1234", last.get(ResultColumn.PARAMETERS));
    assertEquals("20", last.get(ResultColumn.LIMIT_TEST));
    assertEquals("", rows.get(3).get(ResultColumn.CLASS_TOKENS)); // the decoder's row
  }

  @Test
  void a_row_can_be_recomputed_from_its_scores() throws IOException {
    run(grid(ExperimentTest.TABLE_3, true), new FakeEngine());
    for (ResultRow row : ResultTable.read(folder.results())) {
      if (row.isMean()) {
        continue;
      }
      Path csv = folder.scores(row.get(ResultColumn.TRIAL), row.get(ResultColumn.SPLIT));
      List<CSVRecord> records;
      try (CSVParser parser =
          CSVParser.parse(Files.readString(csv), CSVFormat.RFC4180.builder().setHeader().get())) {
        records = parser.getRecords();
        assertEquals(
            List.of(
                "path",
                "label",
                "category",
                "score_encoder_last",
                "score_encoder_all",
                "score_decoder",
                "score"),
            parser.getHeaderNames());
      }
      double[] scores = records.stream().mapToDouble(r -> Double.parseDouble(r.get(6))).toArray();
      boolean[] labels = new boolean[scores.length];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = records.get(i).get(1).equals("1");
      }
      ImageMetrics metrics = ImageMetrics.of(scores, labels);
      assertEquals(metrics.auroc(), row.metric(ResultColumn.IMAGE_AUROC), 0, csv.toString());
      assertEquals(metrics.averagePrecision(), row.metric(ResultColumn.IMAGE_AP), 0);
      assertEquals(metrics.f1Max(), row.metric(ResultColumn.IMAGE_F1_MAX), 0);
    }
  }

  @Test
  void a_fusion_of_ones_own_makes_rows_of_one_training() throws IOException {
    FakeEngine engine = new FakeEngine();
    RunReport report =
        run(
            grid(
                """
                base: {data.dataset: mvtec-ad, training.iterations: 2, anomaly.fusion: weighted}
                vary: {options.weighted.encoderWeight: [0.5, 1]}
                """),
            engine);
    assertEquals(List.of(), report.failures());
    assertEquals(1, engine.trained.size());
    ResultRow half = report.rows().get(0);
    ResultRow encoder = report.rows().get(3);
    assertEquals("weighted", half.get(ResultColumn.FUSION));
    assertEquals("both", half.get(ResultColumn.STUDENTS));
    assertEquals("default", half.get(ResultColumn.ASSUMPTIONS));
    assertEquals("options.weighted.encoderWeight=1.0", encoder.get(ResultColumn.ASSUMPTIONS));
    assertNotEquals(
        Sha256.of(folder.scores(half.get(ResultColumn.TRIAL), "bottle")),
        Sha256.of(folder.scores(encoder.get(ResultColumn.TRIAL), "bottle")));
  }

  @Test
  void a_mean_row_is_the_mean_of_its_rows() {
    List<ResultRow> rows = run(grid(ExperimentTest.TABLE_3, true), new FakeEngine()).rows();
    for (int i = 0; i < rows.size(); i += 3) {
      double mean =
          (rows.get(i).metric(ResultColumn.IMAGE_AP)
                  + rows.get(i + 1).metric(ResultColumn.IMAGE_AP))
              / 2;
      assertEquals(mean, rows.get(i + 2).metric(ResultColumn.IMAGE_AP), 1e-15);
      assertTrue(rows.get(i + 2).isMean());
    }
  }

  @Test
  void a_second_run_computes_nothing_and_changes_no_byte() {
    Grid grid = grid(ExperimentTest.TABLE_3, true);
    QuietListener first = new QuietListener();
    run(grid, new FakeEngine(), first, NEVER);
    assertEquals(24, first.missingRows);
    assertEquals(12, first.missingTrainings);
    assertEquals(first.plannedWork, first.work);
    Map<String, String> before = contents();

    FakeEngine engine = new FakeEngine();
    QuietListener second = new QuietListener();
    RunReport report = run(grid, engine, second, NEVER);
    assertEquals(0, second.missingRows);
    assertEquals(0, second.plannedWork);
    assertEquals(List.of(), engine.trained);
    assertEquals(0, engine.openedModels);
    assertEquals(12, report.finishedTrials());
    assertEquals(before, contents());
  }

  @Test
  void nothing_that_is_written_tells_time_but_timings_and_records() {
    Grid grid = grid(ExperimentTest.TABLE_3, true);
    run(grid, new FakeEngine());
    Map<String, String> one = contents();
    WholeFile.deleteFolder(folder.root());
    run(grid, new FakeEngine(1, 2));
    Map<String, String> other = contents();

    assertEquals(one.keySet(), other.keySet());
    Set<String> differing = new HashSet<>();
    one.forEach(
        (file, hash) -> {
          if (!hash.equals(other.get(file))) {
            differing.add(
                file.replaceFirst("/.*/", "/.../").replaceFirst("^timings/.*", "timings/..."));
          }
        });
    assertTrue(
        Set.of(
                "timings.csv",
                "timings/...",
                "manifest.json",
                "models/.../training.json",
                "ledger/.../A.json",
                "ledger/.../C.json",
                "ledger/.../bottle.json",
                "ledger/.../metal-nut.json")
            .containsAll(differing),
        differing.toString());
    assertTrue(one.containsKey("scores/parts_sum-last_s0/metal-nut.csv"), one.keySet().toString());
  }

  @Test
  void a_failing_training_is_told_and_only_it_is_tried_again() throws IOException {
    Grid grid =
        grid(
            """
            base: {data.dataset: mvtec-ad, training.iterations: 20}
            vary: {objective.objective: [sum, noisy-or]}
            """);
    RunReport report = run(grid, new FakeEngine().failing("sum", 12));
    assertEquals(1, report.finishedTrials());
    assertEquals(1, report.failures().size());
    assertEquals("objective-sum", report.failures().get(0).label());
    assertEquals("training: loss is NaN at step 12", report.failures().get(0).message());
    assertEquals(3, report.rows().size());

    FakeEngine engine = new FakeEngine();
    RunReport second = run(grid, engine);
    assertEquals(1, engine.trained.size());
    assertEquals(2, second.finishedTrials());
    assertEquals(
        "objective-sum", ResultTable.read(folder.results()).get(0).get(ResultColumn.TRIAL));
  }

  @Test
  void a_stopped_run_goes_on_from_its_checkpoint_and_ends_with_the_same_bytes() {
    Grid grid = grid(ExperimentTest.TABLE_3, true);
    run(grid, new FakeEngine());
    String undisturbed = Sha256.of(folder.results());
    Map<String, String> curves = curves();
    WholeFile.deleteFolder(folder.root());

    int computed = 0;
    int runs = 0;
    boolean stopped = true;
    while (stopped) {
      AtomicInteger asked = new AtomicInteger();
      FakeEngine engine = new FakeEngine();
      stopped = run(grid, engine, new QuietListener(), () -> asked.incrementAndGet() > 7).stopped();
      computed += engine.computedSteps;
      runs++;
    }
    assertTrue(runs > 3, "runs " + runs);
    assertEquals(12 * 3, computed);
    assertEquals(undisturbed, Sha256.of(folder.results()));
    assertEquals(curves, curves());
    assertFalse(Files.exists(folder.checkpoints("x").getParent().resolve("step.txt")));
  }

  private Map<String, String> curves() {
    return contents().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("curves/"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Test
  void lost_scores_are_made_again_from_the_model() throws IOException {
    Grid grid = grid("base: {data.dataset: mvtec-ad, training.iterations: 2}");
    run(grid, new FakeEngine());
    String before = Sha256.of(folder.results());
    Path scores = folder.scores("x", "bottle");
    String hash = Sha256.of(scores);
    Files.writeString(scores, "path,label\n");

    FakeEngine engine = new FakeEngine();
    run(grid, engine);
    assertEquals(List.of(), engine.trained);
    assertEquals(hash, Sha256.of(scores));
    assertEquals(before, Sha256.of(folder.results()));
  }

  @Test
  void finished_rows_need_no_model() throws IOException {
    Grid grid = grid("base: {data.dataset: mvtec-ad, training.iterations: 2}");
    run(grid, new FakeEngine());
    WholeFile.deleteFolder(folder.root().resolve("models"));
    FakeEngine engine = new FakeEngine();
    run(grid, engine);
    assertEquals(List.of(), engine.trained);
  }

  @Test
  void changed_data_is_a_new_training_under_the_same_name() throws IOException {
    String yaml = "base: {data.dataset: mvtec-ad, training.iterations: 2}";
    run(grid(yaml), new FakeEngine());
    String before = Sha256.of(folder.scores("x", "bottle"));
    data.contents = "second";
    FakeEngine engine = new FakeEngine();
    run(grid(yaml), engine);
    assertEquals(1, engine.trained.size());
    assertNotEquals(before, Sha256.of(folder.scores("x", "bottle")));
    assertEquals(3, ResultTable.read(folder.results()).size());
  }

  @Test
  void more_seeds_leave_finished_ones_alone() throws IOException {
    String yaml = "base: {data.dataset: mvtec-ad, training.iterations: 2}\nvary: {training.seed: ";
    run(grid(yaml + "[1]}"), new FakeEngine());
    FakeEngine engine = new FakeEngine();
    RunReport report = run(grid(yaml + "[0, 1, 2]}"), engine);
    assertEquals(2, engine.trained.size());
    assertEquals(
        List.of("s0", "s0", "s0", "s1", "s1", "s1", "s2", "s2", "s2"),
        report.rows().stream().map(row -> row.get(ResultColumn.TRIAL)).toList());
  }

  @Test
  void a_held_training_is_left_for_last_and_waited_for() throws Exception {
    Grid grid =
        grid(
            """
            base: {data.dataset: mvtec-ad, training.iterations: 3}
            vary: {training.seed: [0, 1]}
            """);
    String first = grid.trainings().keySet().iterator().next();
    FileLock lock = folder.tryLockTraining(first).orElseThrow();
    Thread other =
        new Thread(
            () -> {
              try {
                Thread.sleep(300);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              lock.close();
            });
    other.start();
    FakeEngine engine = new FakeEngine();
    QuietListener listener = new QuietListener();
    RunReport report = run(grid, engine, listener, NEVER);
    other.join();
    assertEquals(List.of("s0"), listener.waitedFor);
    assertEquals(first, engine.trained.get(1));
    assertEquals("s0", report.rows().get(0).get(ResultColumn.TRIAL));
  }

  @Test
  void two_runners_in_one_folder_share_the_work_and_double_no_row() throws Exception {
    Grid grid = grid(ExperimentTest.TABLE_3, true);
    FakeEngine one = new FakeEngine(1, 3);
    FakeEngine other = new FakeEngine(1, 3);
    Thread thread = new Thread(() -> run(grid, other));
    thread.start();
    RunReport report = run(grid, one);
    thread.join();

    assertEquals(36, report.rows().size());
    Set<String> keys = new HashSet<>(one.trained);
    keys.addAll(other.trained);
    assertEquals(12, keys.size());
    assertEquals(12, one.trained.size() + other.trained.size());
    Map<String, String> shared = contents();
    WholeFile.deleteFolder(folder.root());
    run(grid, new FakeEngine());
    assertEquals(contents().get("results.csv"), shared.get("results.csv"));
  }

  @Test
  void a_folder_of_another_experiment_is_refused() throws IOException {
    run(
        grid("name: one\nbase: {data.dataset: mvtec-ad, training.iterations: 2}"),
        new FakeEngine());
    Grid other = grid("name: two\nbase: {data.dataset: mvtec-ad, training.iterations: 2}");
    InputException refused = assertThrows(InputException.class, () -> run(other, new FakeEngine()));
    assertEquals(
        folder.root()
            + " holds the results of the experiment one; give two a folder of its own with"
            + " --results",
        refused.getMessage());
  }

  @Test
  void a_folder_that_cannot_be_written_is_told_before_any_work() throws IOException {
    Files.writeString(temporary.resolve("results"), "a file where the folder should be");
    FakeEngine engine = new FakeEngine();
    Grid grid = grid("base: {data.dataset: mvtec-ad, training.iterations: 2}");
    InputException refused = assertThrows(InputException.class, () -> run(grid, engine));
    assertTrue(refused.getMessage().contains("cannot be written"), refused.getMessage());
    assertEquals(List.of(), engine.trained);
  }

  @Test
  void pixels_are_measured_where_there_are_masks_and_maps() throws IOException {
    String yaml =
        """
        base: {data.dataset: visa, training.iterations: 2, anomaly.mapSize: 4}
        vary:
          row:
            - {name: decoder, anomaly.fusion: decoder}
            - {name: encoder, anomaly.fusion: encoder}
            - {name: off, metrics.pixel: false}
            - {name: alone, objective.objective: encoder-only, anomaly.fusion: encoder}
            - {name: limit, anomaly.fusion: decoder, metrics.fprLimit: 0.05}
        """;
    List<ResultRow> rows = run(grid(yaml), new FakeEngine()).rows();
    for (ResultRow row : rows.subList(0, 3)) { // a map is s_D everywhere, and so are the masks
      assertEquals(row.get(ResultColumn.IMAGE_AUROC), row.get(ResultColumn.PIXEL_AUROC));
      assertEquals(row.metric(ResultColumn.IMAGE_AP), row.metric(ResultColumn.PIXEL_AP), 1e-12);
      assertEquals("0.3", row.get(ResultColumn.AUPRO_FPR_LIMIT));
      assertEquals(0, row.metric(ResultColumn.PIXEL_ERROR_BOUND));
      assertEquals("", row.get(ResultColumn.SPRO));
    }
    for (ResultRow row : rows.subList(3, 12)) {
      assertEquals("", row.get(ResultColumn.PIXEL_AUROC), row.get(ResultColumn.TRIAL));
      assertEquals("", row.get(ResultColumn.AUPRO_FPR_LIMIT), row.get(ResultColumn.TRIAL));
    }
    assertEquals(
        rows.get(0).get(ResultColumn.PIXEL_AUROC), rows.get(12).get(ResultColumn.PIXEL_AUROC));
    assertNotEquals(rows.get(0).get(ResultColumn.AUPRO), rows.get(12).get(ResultColumn.AUPRO));
    assertEquals("0.05", rows.get(12).get(ResultColumn.AUPRO_FPR_LIMIT));
  }

  @Test
  void views_of_one_object_are_judged_together_by_the_worst_of_them() throws IOException {
    String yaml = "base: {data.dataset: real-iad, training.iterations: 2, anomaly.fusion: decoder}";
    RunReport report = run(grid(yaml), new FakeEngine());
    ResultRow bottle = report.rows().get(0);
    Map<String, Double> worst = new HashMap<>();
    Path csv = folder.scores(bottle.get(ResultColumn.TRIAL), "bottle");
    try (CSVParser scores =
        CSVParser.parse(
            Files.readString(csv),
            CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get())) {
      scores.forEach(
          row ->
              worst.merge(
                  row.get("path").split("/")[2], Double.parseDouble(row.get("score")), Math::max));
    }
    double good = worst.remove("good");
    double above = worst.values().stream().filter(score -> score > good).count();
    assertEquals(above / 2, bottle.metric(ResultColumn.SAMPLE_AUROC), 0);
    assertNotEquals("", bottle.get(ResultColumn.SAMPLE_F1_MAX));
    assertNotEquals("", report.rows().get(2).get(ResultColumn.SAMPLE_AP)); // the mean
  }

  @Test
  void vectors_are_kept_where_they_are_asked_for() throws IOException {
    String yaml = "base: {data.dataset: mvtec-ad, training.iterations: 2, metrics.features: %s}";
    ResultRow row = run(grid(yaml.formatted(true)), new FakeEngine()).rows().get(0);
    Path features = folder.features(row.get(ResultColumn.TRIAL), row.get(ResultColumn.SPLIT));
    assertTrue(Files.isRegularFile(features));
    assertTrue(Verification.of(folder).files().contains(folder.name(features)));
    WholeFile.deleteFolder(folder.root());
    run(grid(yaml.formatted(false)), new FakeEngine());
    assertFalse(Files.exists(features));
  }

  @Test
  void checkpoints_that_a_kill_left_beside_a_finished_model_go() throws IOException {
    Grid grid = grid("base: {data.dataset: mvtec-ad, training.iterations: 2}");
    run(grid, new FakeEngine());
    String key = grid.trainings().keySet().iterator().next();
    Path left = Files.createDirectories(folder.checkpoints(key)).resolve("step.txt");
    Files.createFile(left);
    WholeFile.deleteFolder(folder.root().resolve("ledger"));
    run(grid, new FakeEngine());
    assertFalse(Files.exists(left));
  }

  @Test
  void loco_joins_logical_and_structural_anomalies_by_their_mean() throws IOException {
    RunReport mean = null;
    int larger = 0;
    for (int seed = 0; seed < 5; seed++) {
      String yaml = "base: {data.dataset: mvtec-loco, training: {iterations: 2, seed: %d}";
      WholeFile.deleteFolder(folder.root());
      ResultRow pooled =
          run(grid(yaml.formatted(seed) + ", data.locoAuroc: pooled}"), new FakeEngine())
              .rows()
              .get(0);
      WholeFile.deleteFolder(folder.root());
      mean = run(grid(yaml.formatted(seed) + "}"), new FakeEngine());
      ResultRow joined = mean.rows().get(0);
      assertEquals("data.locoAuroc=pooled", pooled.get(ResultColumn.ASSUMPTIONS));
      // Both halves have as many images, so pooled and mean agree in AUROC, but not in precision.
      assertEquals(
          pooled.metric(ResultColumn.IMAGE_AUROC), joined.metric(ResultColumn.IMAGE_AUROC), 1e-12);
      double difference =
          pooled.metric(ResultColumn.IMAGE_AP) - joined.metric(ResultColumn.IMAGE_AP);
      assertTrue(difference >= 0);
      larger += difference > 0 ? 1 : 0; // equal where the scores separate all images
    }
    assertTrue(larger > 0);
    ResultRow row = mean.rows().get(0);
    assertEquals(
        row.metric(ResultColumn.IMAGE_AUROC),
        (row.metric(ResultColumn.IMAGE_AUROC_LOGICAL)
                + row.metric(ResultColumn.IMAGE_AUROC_STRUCTURAL))
            / 2,
        1e-12);
  }

  @Test
  void single_class_is_a_model_for_each_class() throws IOException {
    FakeEngine engine = new FakeEngine();
    RunReport report =
        run(
            grid(
                "base: {data.dataset: fashion-mnist, data.setting: single-class,"
                    + " training.iterations: 2}"),
            engine);
    assertEquals(10, engine.trained.size());
    assertEquals(11, report.rows().size());
    assertEquals("9", report.rows().get(9).get(ResultColumn.SPLIT));
  }

  @Test
  void a_data_set_is_read_once_for_all_trials() {
    grid(ExperimentTest.TABLE_3, false);
    assertEquals(2 * 2 + 2, data.reads); // A, C and all categories, for each of two seeds
  }

  @Test
  void the_curve_has_every_step_of_a_short_training() throws IOException {
    Grid grid = grid("base: {data.dataset: mvtec-ad, training.iterations: 7}");
    run(grid, new FakeEngine());
    List<String> lines =
        Files.readAllLines(folder.curve(grid.trainings().keySet().iterator().next()));
    assertEquals(
        "step,loss,loss_encoder,loss_decoder,weight_encoder,weight_decoder,learning_rate",
        lines.get(0));
    assertEquals(8, lines.size());
    assertTrue(lines.get(7).matches("6,0\\.\\d+,0\\.\\d+,,1\\.0,,0\\.0001"), lines.get(7));
  }

  @Test
  void throughput_is_kept_along_a_training() throws IOException {
    Grid grid = grid("base: {data.dataset: mvtec-ad, training.iterations: 7}");
    run(grid, new FakeEngine());
    List<String> lines =
        Files.readAllLines(folder.stepTimes(grid.trainings().keySet().iterator().next()));
    assertEquals("step,seconds,images_per_second", lines.get(0));
    assertEquals(8, lines.size());
    assertTrue(lines.get(7).matches("6,\\d+\\.\\d+(E-?\\d+)?,\\d+\\.\\d+(E\\d+)?"), lines.get(7));
  }

  @Test
  void the_manifest_alone_gives_the_same_plan_again() {
    Grid grid = grid(ExperimentTest.TABLE_3, true);
    run(grid, new FakeEngine());
    Grid again =
        RecordedTrials.read(folder).plan(new GridPlanner(data, new FakeEngine()::teacherSha256));
    assertEquals(grid, again);
  }

  @Test
  void the_manifest_has_every_file_with_its_checksum() {
    run(grid(ExperimentTest.TABLE_3, true), new FakeEngine());
    assertEquals(List.of(), Verification.of(folder).problems());
    Set<String> listed = new HashSet<>(Verification.of(folder).files());
    for (Path file : WholeFile.files(folder.root())) {
      String name = folder.name(file);
      if (!name.startsWith(".run/") && !name.equals("manifest.json")) {
        assertTrue(listed.contains(name), name);
      }
    }
  }

  @Test
  void a_changed_and_a_missing_file_are_found() throws IOException {
    run(grid("base: {data.dataset: mvtec-ad, training.iterations: 2}"), new FakeEngine());
    Files.writeString(folder.scores("x", "bottle"), "x");
    Files.delete(folder.results());
    assertEquals(
        List.of(
            "results.csv is missing",
            "scores/x/bottle.csv is not as it was written; its checksum differs"),
        Verification.of(folder).problems());
  }

  @Test
  void columns_have_names_and_sentences() {
    assertEquals(
        "trial,dataset,setting,split,students,class_tokens,objective,fusion,seed,image_auroc,"
            + "image_ap,image_f1_max,train_iterations,parameters,assumptions",
        Arrays.stream(ResultColumn.values())
            .limit(15)
            .map(ResultColumn::header)
            .collect(Collectors.joining(",")));
    for (ResultColumn column : ResultColumn.values()) {
      assertFalse(column.sentence().isBlank());
    }
  }
}
