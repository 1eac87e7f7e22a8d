package io.github.dyad.dl4jui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.Loopback;
import io.github.dyad.experiment.DataRoom;
import io.github.dyad.experiment.DistillationEngine;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.GridPlanner;
import io.github.dyad.experiment.TrainingStep;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run as Deeplearning4j's UI shows it. */
final class StatsPageTest {
  private static final String EXPERIMENT =
      """
      name: shown
      base:
        training: {iterations: 20, batchSize: 8}
        data: {dataset: "builtin:fashion-mnist-small", splits: [A], limitTrain: 40, limitTest: 20}
      vary:
        row:
          - {name: sum, objective.objective: sum, anomaly.fusion: sum}
          - {name: sum-last, objective.objective: encoder-only, anomaly.fusion: encoder}
          - {name: knn, method: knn}
      """;

  @TempDir private Path folder;

  private String get(String address) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(address)).build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), address);
    return answer.body();
  }

  @Test
  void it_draws_the_students_of_each_training_on_the_loopback_interface() throws Exception {
    Path file = Files.writeString(folder.resolve("shown.yaml"), EXPERIMENT);
    Experiment experiment = Experiment.read(file);
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    System.setProperty("org.deeplearning4j.ui.port", String.valueOf(port));
    try (DistillationEngine engine = new DistillationEngine(1)) {
      Grid grid =
          new GridPlanner(DataRoom.in(folder), engine::teacherSha256)
              .plan(experiment, experiment.trials(false));
      StatsPage page = new StatsPage(grid);
      try {
        assertEquals("http://127.0.0.1:" + port + "/train/overview", page.address());
        String base = "http://127.0.0.1:" + port + "/train/";
        String model = train(page, "sum", base);
        assertTrue(model.contains("encoder") && model.contains("decoder"), model);
        model = train(page, "sum-last", base);
        assertTrue(model.contains("encoder") && !model.contains("decoder"), model);
        assertTrue(train(page, "knn", base).contains("student"));
        Loopback.assertAlone(port);
      } finally {
        page.close();
      }
    }
  }

  /** Twenty steps; returns what the model tab draws. */
  private String train(StatsPage page, String label, String base) throws Exception {
    page.trainingStarted(label, 20);
    for (int step = 0; step < 20; step++) {
      page.trainingStep(new TrainingStep(step, 1.0 / (step + 1), 0.5, 0.4, 0.25, 0.3, 1e-3));
    }
    String session = "";
    for (int tries = 0; tries < 50 && !session.endsWith(" " + label); tries++) {
      Thread.sleep(100); // the UI takes reports in by a thread of its own
      session =
          get(base + "sessions/info").replaceAll("(?s).*\"([0-9]+ " + label + ")\".*", "$1");
    }
    assertTrue(session.endsWith(" " + label), session);
    get(base + "sessions/set/" + session.replace(" ", "%20"));
    assertTrue(get(base + "overview/data").contains("score"), label);
    return get(base + "model/graph");
  }
}
