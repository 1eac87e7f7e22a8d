package io.github.dyad.dl4jui;

import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.Grid.PlannedModel;
import io.github.dyad.experiment.RunPage;
import io.github.dyad.experiment.TrainingStep;
import io.github.dyad.experiment.TrainingTask;
import io.github.dyad.teacher.OnnxTeacher;
import io.github.dyad.teacher.Teacher;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.ui.VertxUIServer;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.stats.api.StatsInitializationReport;
import org.deeplearning4j.ui.model.stats.api.StatsReport;
import org.deeplearning4j.ui.model.stats.api.StatsType;
import org.deeplearning4j.ui.model.stats.impl.SbeStatsInitializationReport;
import org.deeplearning4j.ui.model.stats.impl.SbeStatsReport;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.deeplearning4j.ui.model.storage.impl.SbeStorageMetaData;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Posts a run to the UI, one session a training, without a Deeplearning4j model behind it. Its
 * overview draws curves of any name only as "standard deviations of activations", in logarithms: the
 * students' losses and effective weights are there.
 */
final class StatsPage implements RunPage {
  /** The UI's own default. */
  private static final int PORT = 9000;

  /** Every report makes an open page fetch all of them again. */
  private static final int REPORTS = 500;

  private static final int FEWEST_STEPS_BETWEEN = 10;
  private static final String WORKER = "trainer";

  private final Grid grid;
  private final VertxUIServer server;
  private final InMemoryStatsStorage storage = new InMemoryStatsStorage();
  private final Map<String, Teacher> teachers = new HashMap<>();

  private String session = "";
  private Drawing drawing;
  private int stride;
  private int iterations;
  private int imagesPerStep;
  private int trainings;
  private long startedAt;
  private long reportedAt;
  private int reportedStep;

  StatsPage(Grid grid) {
    this.grid = grid;
    this.server =
        LoopbackServer.start(Integer.getInteger("org.deeplearning4j.ui.port", PORT));
    server.attach(storage);
  }

  @Override
  public String address() {
    return "http://127.0.0.1:" + server.getPort() + "/train/overview";
  }

  @Override
  public void trainingStarted(String label, int steps) {
    trainings++;
    session = trainings + " " + label;
    iterations = steps;
    stride = Math.max(FEWEST_STEPS_BETWEEN, (steps + REPORTS - 1) / REPORTS);
    reportedStep = -1;
    startedAt = System.currentTimeMillis();
    reportedAt = startedAt;
    describe(task(label));
  }

  /** A label ends with the split where a trial has several. */
  private TrainingTask task(String label) {
    List<PlannedModel> models = grid.trialOf(label).orElseThrow().models();
    return models.stream()
        .filter(model -> label.endsWith(" " + model.split()))
        .findFirst()
        .orElse(models.get(0))
        .task();
  }

  private void describe(TrainingTask task) {
    Teacher teacher =
        teachers.computeIfAbsent(
            task.teacherFile(), file -> new Teacher(OnnxTeacher.open(file)));
    boolean students = task.part().method() == null; // another method's are not drawn
    boolean encoder = students && task.part().objective().objective().trainsEncoder();
    boolean decoder = students && task.part().objective().objective().trainsDecoder();
    drawing =
        Drawing.of(
            teacher.weights().width(),
            encoder ? teacher.weights().depth() : 0,
            decoder ? task.part().decoderStudent().depth() : 0);
    imagesPerStep =
        Math.min(task.part().training().batchSize(), task.splits().train().size());

    StatsInitializationReport report = new SbeStatsInitializationReport();
    report.reportIDs(session, StatsListener.TYPE_ID, WORKER, startedAt);
    report.reportSoftwareInfo(
        System.getProperty("os.arch"),
        System.getProperty("os.name"),
        System.getProperty("java.vm.name"),
        System.getProperty("java.version"),
        System.getProperty("java.specification.version"),
        Nd4j.getNDArrayFactory().getClass().getName(),
        "FLOAT",
        "localhost",
        "1",
        Map.of());
    Runtime runtime = Runtime.getRuntime();
    report.reportHardwareInfo(
        runtime.availableProcessors(),
        0,
        runtime.maxMemory(),
        Pointer.maxBytes(),
        null,
        null,
        "machine");
    report.reportModelInfo(
        Drawing.MODEL_CLASS,
        drawing.json(),
        drawing.parameters().toArray(String[]::new),
        drawing.parameters().size(),
        teacher.weights().parameters());
    storage.putStorageMetaData(
        new SbeStorageMetaData(
            startedAt,
            session,
            StatsListener.TYPE_ID,
            WORKER,
            SbeStatsInitializationReport.class,
            SbeStatsReport.class));
    storage.putStaticInfo(report);
  }

  @Override
  public void trainingStep(TrainingStep step) {
    if (step.step() % stride != 0 && step.step() != iterations - 1) {
      return;
    }
    // Reports of one millisecond would overwrite each other.
    long now = Math.max(System.currentTimeMillis(), reportedAt + 1);
    StatsReport report = new SbeStatsReport();
    report.reportIDs(session, StatsListener.TYPE_ID, WORKER, now);
    report.reportIterationCount(step.step());
    report.reportScore(step.loss());
    Map<String, Double> rates = new LinkedHashMap<>();
    drawing.parameters().forEach(name -> rates.put(name, step.learningRate()));
    report.reportLearningRates(rates);
    Map<String, Double> curves = new LinkedHashMap<>();
    put(curves, "loss encoder", step.lossEncoder());
    put(curves, "loss decoder", step.lossDecoder());
    put(curves, "weight encoder", step.weightEncoder());
    put(curves, "weight decoder", step.weightDecoder());
    report.reportStdev(StatsType.Activations, curves);
    report.reportMean(StatsType.Activations, curves); // the same names in both, or the UI fails
    Runtime runtime = Runtime.getRuntime();
    report.reportMemoryUse(
        runtime.totalMemory() - runtime.freeMemory(),
        runtime.maxMemory(),
        Pointer.totalBytes(),
        Pointer.maxBytes(),
        null,
        null);
    double seconds = (now - reportedAt) / 1e3;
    int steps = step.step() - reportedStep;
    report.reportPerformance(
        now - startedAt,
        (step.step() + 1L) * imagesPerStep,
        step.step() + 1L,
        steps * imagesPerStep / seconds,
        steps / seconds);
    storage.putUpdate(report);
    reportedAt = now;
    reportedStep = step.step();
  }

  private static void put(Map<String, Double> curves, String name, double value) {
    if (!Double.isNaN(value)) {
      curves.put(name, value);
    }
  }

  /** Also ends Vert.x' threads, which would keep the JVM alive. */
  @Override
  public void close() {
    try {
      VertxUIServer.stopInstance();
      storage.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("Deeplearning4j's UI did not stop", e);
    }
  }
}
