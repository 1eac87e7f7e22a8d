package io.github.dyad.report;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import io.github.dyad.experiment.DataRoom;
import io.github.dyad.experiment.DistillationEngine;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.GridPlanner;
import io.github.dyad.experiment.SampleMap;
import io.github.dyad.experiment.TrainingListener;
import io.github.dyad.experiment.TrainingStep;
import io.github.dyad.experiment.TrainingTask;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the live page costs a training: pairs of the same training with a page that is asked once a
 * second and without, in turn (ABBA). Time is the process's CPU time, the client's share included,
 * since wall-clock time on a shared machine says little; wall-clock time is printed beside.
 *
 * <p>Run: {@code mvn test -Dtest.groups=bench -Dtest.excludedGroups= -Dtest=LivePageCostTest}.
 */
@Tag("bench")
final class LivePageCostTest {
  private static final int PAIRS = 2;
  private static final double MOST = 0.02;
  private static final String EXPERIMENT =
      """
      name: cost
      base:
        preset: paper-semantic
        features.keep: no
        training: {iterations: 240, batchSize: 8, holdBack: 0}
        data: {dataset: "builtin:fashion-mnist-small", splits: [A], size: {resize: 64, crop: 64}, limitTrain: 200, limitTest: 20}
      """;

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private record Cost(double cpuSeconds, double wallSeconds) {}

  @Test
  void training_is_not_slowed_by_more_than_two_percent(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("cost.yaml"), EXPERIMENT);
    Experiment experiment = Experiment.read(file);
    try (DistillationEngine engine = new DistillationEngine(2)) {
      TrainingTask task =
          new GridPlanner(DataRoom.in(folder), engine::teacherSha256)
              .plan(experiment, experiment.trials(false))
              .trainings()
              .values()
              .iterator()
              .next();
      train(engine, task, folder.resolve("warm-up"), false);
      double[] slower = new double[PAIRS];
      for (int pair = 0; pair < PAIRS; pair++) {
        Cost[] costs = new Cost[2];
        for (int i = 0; i < 2; i++) {
          int with = (pair + i) % 2;
          costs[with] = train(engine, task, folder.resolve(pair + "-" + with), with == 1);
        }
        slower[pair] = costs[1].cpuSeconds / costs[0].cpuSeconds - 1;
        System.err.printf(
            "pair %d: CPU %.2f s without, %.2f s with (%+.2f %%); wall clock %.2f s, %.2f s%n",
            pair,
            costs[0].cpuSeconds,
            costs[1].cpuSeconds,
            100 * slower[pair],
            costs[0].wallSeconds,
            costs[1].wallSeconds);
      }
      double mean = Arrays.stream(slower).average().orElseThrow();
      System.err.printf("mean of %d pairs: %+.2f %%%n", PAIRS, 100 * mean);
      assertTrue(mean <= MOST, "slower by " + mean);
    }
  }

  private static Cost train(
      DistillationEngine engine, TrainingTask task, Path folder, boolean withPage)
      throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    Path checkpoints = Files.createDirectories(folder.resolve("checkpoints"));
    int iterations = task.part().training().iterations();
    LivePage page = withPage ? new LivePage(0, label -> 8) : null;
    Thread client = withPage ? client(page.address()) : null;
    long cpu = SYSTEM.getProcessCpuTime();
    long wall = System.nanoTime();
    if (withPage) {
      page.trainingStarted("cost", iterations);
    }
    engine.train(
        task,
        model,
        checkpoints,
        new TrainingListener() {
          @Override
          public void step(TrainingStep step, boolean replayed) {
            if (page != null) {
              page.trainingStep(step);
            }
          }

          @Override
          public boolean samplesWanted() {
            return page != null && page.samplesWanted();
          }

          @Override
          public void samples(int step, List<SampleMap> samples) {
            page.samples(step, samples);
          }

          @Override
          public boolean stopRequested() {
            return false;
          }
        });
    Cost cost =
        new Cost((SYSTEM.getProcessCpuTime() - cpu) / 1e9, (System.nanoTime() - wall) / 1e9);
    if (withPage) {
      client.interrupt();
      client.join();
      page.close();
    }
    return cost;
  }

  /** Asks as the page's script does. */
  private static Thread client(String address) {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest request = HttpRequest.newBuilder(URI.create(address + "state?1.0.0.-1")).build();
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  http.send(request, HttpResponse.BodyHandlers.ofString());
                  Thread.sleep(1000);
                }
              } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt(); // the training is over
              }
            });
    thread.start();
    return thread;
  }
}
