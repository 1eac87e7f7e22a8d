package io.github.dyad.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import io.github.dyad.experiment.DataRoom;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.FakeEngine;
import io.github.dyad.experiment.MemoryFolder;
import io.github.dyad.experiment.ResultColumn;
import io.github.dyad.experiment.ResultRow;
import io.github.dyad.experiment.ResultTable;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.experiment.Verification;
import io.github.dyad.experiment.store.WholeFile;
import io.github.dyad.search.CandidateResult.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SearchTest {
  private static final BooleanSupplier NEVER = () -> false;
  private static final String FILE =
      """
      name: tiny
      base:
        data: {dataset: "builtin:fashion-mnist-small", splits: [A], limitTrain: 40}
        training: {iterations: 12, seed: 3}
      search:
        candidates: random
        trials: 6
        space:
          optimizer.learningRate: {from: 1e-4, to: 1e-2, scale: log}
          decoderStudent.dropout: [0, 0.2, 0.4]
        earlyStop: {iterations: 4, keep: 0.5}
        validation: {images: 10}
      """;

  @TempDir(factory = MemoryFolder.class)
  private Path temporary;

  private Path file(String yaml) throws IOException {
    return Files.writeString(temporary.resolve("tiny.yaml"), yaml);
  }

  private SearchReport run(String yaml, String results, FakeEngine engine, BooleanSupplier stop)
      throws IOException {
    return Search.read(file(yaml))
        .run(
            new ResultsFolder(temporary.resolve(results)),
            DataRoom.in(temporary.resolve("data")),
            engine,
            new SilentListener(),
            stop);
  }

  /** All that depends on the file alone. */
  private static Map<String, String> deterministic(Path results) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    for (Path file : WholeFile.files(results)) {
      String name = results.relativize(file).toString();
      if (name.matches("(results|candidates)\\.csv|best\\.yaml|(scores|curves)\\b.*")) {
        contents.put(name, Files.readString(file));
      }
    }
    return contents;
  }

  @Test
  void candidates_are_trials_and_the_base_is_the_first() throws IOException {
    SearchReport report = run(FILE, "results", new FakeEngine(), NEVER);
    assertEquals(SearchReport.End.COMPLETE, report.end());
    assertEquals(6, report.candidates().size());
    CandidateResult base = report.candidates().get(0);
    assertEquals(State.DONE, base.state());
    assertEquals("0.2", base.values().get("decoderStudent.dropout"));
    assertTrue(report.best().orElseThrow().score() >= base.score());

    ResultsFolder folder = new ResultsFolder(temporary.resolve("results"));
    List<ResultRow> rows = ResultTable.read(folder.results());
    for (CandidateResult candidate : report.candidates()) {
      ResultRow probe = mean(rows, candidate.trial() + "-probe");
      assertEquals("4", probe.get(ResultColumn.TRAIN_ITERATIONS));
      assertEquals(candidate.probeScore(), probe.metric(ResultColumn.IMAGE_AUROC));
      if (candidate.state() == State.DONE) {
        ResultRow row = mean(rows, candidate.trial());
        assertEquals(candidate.score(), row.metric(ResultColumn.IMAGE_AUROC));
        assertEquals(
            "validation[share=0.2 images=10 seed=0]:builtin:fashion-mnist-small",
            row.get(ResultColumn.DATASET));
        assertEquals("15", row.get(ResultColumn.TEST_IMAGES));
      }
    }
    assertEquals(List.of(), Verification.of(folder).problems());
  }

  private static ResultRow mean(List<ResultRow> rows, String trial) {
    return rows.stream()
        .filter(row -> row.get(ResultColumn.TRIAL).equals(trial) && row.isMean())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row of " + trial));
  }

  @Test
  void a_candidate_is_given_up_when_half_of_those_before_it_were_better() throws IOException {
    String many = FILE.replace("trials: 6", "trials: 12");
    SearchReport report = run(many, "results", new FakeEngine(), NEVER);
    List<CandidateResult> all = report.candidates();
    long given = all.stream().filter(each -> each.state() == State.STOPPED).count();
    assertTrue(given >= 2, "given up: " + given);
    for (int i = 1; i < all.size(); i++) {
      double probe = all.get(i).probeScore();
      long better =
          all.subList(0, i + 1).stream().filter(other -> other.probeScore() > probe).count();
      State expected = better < 0.5 * (i + 1) ? State.DONE : State.STOPPED;
      assertEquals(expected, all.get(i).state(), "candidate " + i);
    }
  }

  @Test
  void a_metric_of_ones_own_may_want_to_be_small() throws IOException {
    String small =
        FILE.replace("training:", "metrics.extra: [missed-at]\n  training:")
            .replace("trials: 6", "score: missed-at\n  trials: 12");
    SearchReport report = run(small, "results", new FakeEngine(), NEVER);
    List<CandidateResult> all = report.candidates();
    double least =
        all.stream()
            .filter(each -> each.state() == State.DONE)
            .mapToDouble(CandidateResult::score)
            .min()
            .orElseThrow();
    assertEquals(least, report.best().orElseThrow().score());
    assertTrue(all.stream().anyMatch(each -> each.state() == State.DONE && each.score() > least));
    for (int i = 1; i < all.size(); i++) {
      double probe = all.get(i).probeScore();
      long better =
          all.subList(0, i + 1).stream().filter(other -> other.probeScore() < probe).count();
      State expected = better < 0.5 * (i + 1) ? State.DONE : State.STOPPED;
      assertEquals(expected, all.get(i).state(), "candidate " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"random", "grid", "genetic"})
  void a_search_that_is_interrupted_goes_on_to_the_same_bytes(String candidates)
      throws IOException {
    String yaml =
        FILE.replace("random", candidates + "\n  population: 4").replace("trials: 6", "trials: 5");
    run(yaml, "undisturbed", new FakeEngine(), NEVER);
    AtomicInteger asked = new AtomicInteger();
    int calls = 0;
    SearchReport report;
    do {
      int patience = asked.get() + 16;
      report = run(yaml, "disturbed", new FakeEngine(), () -> asked.incrementAndGet() > patience);
      calls++;
    } while (report.end() == SearchReport.End.STOPPED && calls < 99);
    assertTrue(calls > 2, "calls: " + calls);
    assertEquals(
        deterministic(temporary.resolve("undisturbed")),
        deterministic(temporary.resolve("disturbed")));

    FakeEngine idle = new FakeEngine();
    run(yaml, "disturbed", idle, NEVER);
    assertEquals(0, idle.trained.size());
  }

  @Test
  @Tag("slow")
  void a_search_that_is_killed_ends_with_the_same_bytes() throws Exception {
    Path file = file(FILE.replace("random", "genetic").replace("trials: 6", "trials: 12"));
    assertEquals(0, start(file, "undisturbed", 0).waitFor());
    Random random = new Random(5);
    for (int kill = 0; kill < 12; kill++) {
      Process process = start(file, "disturbed", 15);
      process.waitFor(900 + random.nextInt(1500), TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();
    }
    assertEquals(0, start(file, "disturbed", 0).waitFor());
    assertEquals(
        deterministic(temporary.resolve("undisturbed")),
        deterministic(temporary.resolve("disturbed")));
    assertEquals(
        List.of(), Verification.of(new ResultsFolder(temporary.resolve("disturbed"))).problems());
  }

  private Process start(Path file, String results, int stepMillis) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            FakeSearch.class.getName(),
            file.toString(),
            temporary.resolve(results).toString(),
            String.valueOf(stepMillis))
        .redirectErrorStream(true)
        .redirectOutput(temporary.resolve("output.txt").toFile())
        .start();
  }

  @Test
  void a_failing_candidate_is_told_and_the_search_goes_on() throws IOException {
    String yaml =
        FILE.replace(
                "decoderStudent.dropout: [0, 0.2, 0.4]",
                "objective.objective: [noisy-or, sum, encoder-only]")
            .replace("trials: 6", "trials: 7");
    SearchReport report = run(yaml, "results", new FakeEngine().failing("sum", 2), NEVER);
    assertEquals(7, report.candidates().size());
    for (CandidateResult candidate : report.candidates()) {
      switch (candidate.values().get("objective.objective")) {
        case "sum" -> assertTrue(candidate.reason().contains("NaN at step 2"), candidate.reason());
        case "encoder-only" ->
            assertTrue(candidate.reason().contains("trains one student"), candidate.reason());
        default -> assertNotEquals(State.FAILED, candidate.state());
      }
    }
    assertTrue(report.candidates().stream().anyMatch(each -> each.state() == State.FAILED));
    String rows = Files.readString(temporary.resolve("results/results.csv"));
    assertFalse(rows.contains(",sum,"), rows);
  }

  @Test
  void the_base_must_not_fail() {
    FakeEngine engine = new FakeEngine().failing("noisy-or", 1);
    InputException refused =
        assertThrows(InputException.class, () -> run(FILE, "results", engine, NEVER));
    assertTrue(refused.getMessage().contains("candidate 0"), refused.getMessage());
  }

  @Test
  void the_time_that_is_up_ends_the_search_and_the_same_command_goes_on() throws IOException {
    String yaml = FILE.replace("trials: 6", "trials: 6\n  minutes: 0.01");
    SearchReport first = run(yaml, "results", new FakeEngine(5, 30), NEVER);
    assertEquals(SearchReport.End.TIME_IS_UP, first.end());
    SearchReport second = run(FILE, "results", new FakeEngine(), NEVER);
    assertEquals(SearchReport.End.COMPLETE, second.end());
    run(FILE, "undisturbed", new FakeEngine(), NEVER);
    assertEquals(
        deterministic(temporary.resolve("undisturbed")),
        deterministic(temporary.resolve("results")));
  }

  @Test
  void the_best_file_is_the_best_candidate_on_test_images() throws IOException {
    SearchReport report = run(FILE, "results", new FakeEngine(), NEVER);
    Path file = temporary.resolve("results/best.yaml");
    Experiment best = Experiment.read(file);
    var config = best.trials(false).get(0).config();
    Map<String, String> values = report.best().orElseThrow().values();
    assertEquals("builtin:fashion-mnist-small", config.data().dataset());
    assertEquals(List.of("A"), config.data().splits());
    assertEquals(12, config.training().iterations());
    assertEquals(
        Double.parseDouble(values.get("optimizer.learningRate")),
        config.optimizer().learningRate());
    assertEquals(
        Double.parseDouble(values.get("decoderStudent.dropout")),
        config.decoderStudent().dropout());
    assertEquals("tiny-best", best.name());
  }

  @Test
  void what_is_wrong_with_the_file_is_said_before_anything_runs() throws IOException {
    refused(
        FILE.replace("candidates: random", "candidates: randem"), "search.candidates", "random");
    refused(FILE.replace("dropout: [0", "dropout: [2"), "decoderStudent.dropout is 2.0");
    refused(FILE.replace("decoderStudent.dropout:", "decoderStudent.dropuot:"), "dropout?");
    refused(FILE.replace("iterations: 4,", "iterations: 12,"), "earlyStop.iterations is 12");
    refused(FILE + "vary: {training.seed: [0, 1]}\n", "vary and search");
    refused(FILE.replace("search:", "vary:").replaceAll("(?s)vary:.*", ""), "search.space");
  }

  private void refused(String yaml, String... parts) throws IOException {
    Path file = file(yaml);
    String message = assertThrows(InputException.class, () -> Search.read(file), yaml).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }
}
