package io.github.dyad.report;

import io.github.dyad.data.Rgb8;
import io.github.dyad.experiment.RunListener.Failure;
import io.github.dyad.experiment.RunListener.ResultRowSummary;
import io.github.dyad.experiment.SampleMap;
import io.github.dyad.experiment.TrainingStep;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** What a live page tells; written by the run, read by the page's threads. */
final class LiveState {
  private static final int POINTS = 1000;
  private static final String TRAINING = "training";
  private static final List<String> CURVES =
      List.of(
          "step",
          "loss",
          "loss_encoder",
          "loss_decoder",
          "weight_encoder",
          "weight_decoder",
          "learning_rate",
          "images_per_second",
          "heap_mb",
          "process_mb");

  private final ToIntFunction<String> imagesPerStep;
  private final List<String> messages = new ArrayList<>();
  private final List<Map<String, Object>> finished = new ArrayList<>();
  private final List<List<Double>> curves = new ArrayList<>();
  private Map<String, Object> plan = Map.of();
  private List<Map<String, Object>> samples = List.of();
  private String label = "";
  private String doing = "starting";
  private int iterations;
  private int stride = 1;
  private int images;
  private int training;
  private int step = -1;
  private String samplesLabel = "";
  private int samplesStep = -1;
  private int samplesMade;
  private long work;
  private long worked;
  private long pointAt;
  private int pointStep = -1;

  LiveState(ToIntFunction<String> imagesPerStep) {
    this.imagesPerStep = imagesPerStep;
  }

  synchronized void planned(int trials, int rows, int missing, int trainings, long allWork) {
    plan = Map.of("trials", trials, "rows", rows, "missing", missing, "trainings", trainings);
    work = allWork;
  }

  synchronized void trainingStarted(String newLabel, int newIterations) {
    label = newLabel;
    doing = TRAINING;
    iterations = newIterations;
    stride = Math.max(1, (newIterations + POINTS - 1) / POINTS);
    images = imagesPerStep.applyAsInt(newLabel);
    training++;
    step = -1;
    curves.clear();
    pointAt = System.nanoTime();
    pointStep = -1;
  }

  /** Keeps every stride-th step; the others cost a comparison. */
  synchronized void step(TrainingStep made) {
    step = made.step();
    doing = TRAINING;
    if (made.step() % stride != 0 && made.step() != iterations - 1) {
      return;
    }
    long now = System.nanoTime();
    double rate = 1e9 * images * (made.step() - pointStep) / Math.max(1, now - pointAt);
    pointAt = now;
    pointStep = made.step();
    curves.add(
        Numbers.of(
            new double[] {
              made.step(),
              made.loss(),
              made.lossEncoder(),
              made.lossDecoder(),
              made.weightEncoder(),
              made.weightDecoder(),
              made.learningRate(),
              rate,
              heapMegabytes(),
              processMegabytes()
            }));
  }

  private static double heapMegabytes() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6;
  }

  /** Arrays of the networks lie outside of the heap; NaN where the system does not tell. */
  private static double processMegabytes() {
    try {
      String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
      return Long.parseLong(pages[1]) * 4096 / 1e6;
    } catch (IOException | NumberFormatException e) {
      return Double.NaN;
    }
  }

  void samples(int atStep, List<SampleMap> maps) {
    double hottest = 0;
    for (SampleMap map : maps) {
      for (int i = 0; map.map() != null && i < map.map().length; i++) {
        hottest = Math.max(hottest, map.map()[i]);
      }
    }
    List<Map<String, Object>> shown = new ArrayList<>();
    for (SampleMap map : maps) {
      shown.add(picture(map, hottest));
    }
    synchronized (this) {
      samples = shown;
      samplesMade++;
      samplesLabel = label;
      samplesStep = atStep;
    }
  }

  private static Map<String, Object> picture(SampleMap map, double hottest) {
    Rgb8 small = Pictures.small(map.sample().image());
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("path", map.sample().path());
    shown.put("anomalous", map.sample().anomalous());
    shown.put("encoder", Numbers.of(map.raw().encoderLast()));
    shown.put("decoder", Numbers.of(map.raw().decoderTop()));
    shown.put("image", Pictures.dataUrl(Pictures.picture(small)));
    if (map.map() != null) {
      HeatMap heat = new HeatMap(map.mapSize(), map.size(), hottest);
      shown.put("map", Pictures.dataUrl(heat.over(small, map.map())));
    }
    return shown;
  }

  synchronized void doing(String what) {
    doing = what;
  }

  synchronized void worked(long units) {
    worked += units;
  }

  synchronized void rowFinished(String trial, ResultRowSummary row) {
    finished.add(
        Map.of("trial", trial, "split", row.split(), "auroc", Numbers.of(row.imageAuroc())));
  }

  synchronized void failed(Failure failure) {
    messages.add(failure.label() + " failed: " + failure.message());
  }

  /**
   * All but what the page has.
   *
   * @param query {@code training.points.rows.samplesMade} that the page has, or null for nothing
   */
  synchronized Map<String, Object> since(String query) {
    int[] known = known(query);
    boolean same = known[0] == training;
    int points = same ? Math.min(known[1], curves.size()) : 0;
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("plan", plan);
    told.put("training", training);
    told.put("label", label);
    told.put("doing", doing);
    told.put("iterations", iterations);
    told.put("step", step);
    told.put("share", work == 0 ? 0 : Math.min(1, (double) worked / work));
    told.put("columns", CURVES);
    told.put("from", points);
    told.put("points", List.copyOf(curves.subList(points, curves.size())));
    told.put(
        "rows",
        List.copyOf(finished.subList(Math.min(known[2], finished.size()), finished.size())));
    told.put("messages", List.copyOf(messages));
    told.put("samplesLabel", samplesLabel);
    told.put("samplesStep", samplesStep);
    told.put("samplesMade", samplesMade);
    if (!same || known[3] != samplesMade) {
      told.put("samples", samples);
    }
    return told;
  }

  private static int[] known(String query) {
    int[] known = {-1, 0, 0, -1};
    if (query != null && query.matches("-?\\d{1,8}(\\.-?\\d{1,8}){3}")) {
      String[] parts = query.split("\\.");
      for (int i = 0; i < known.length; i++) {
        known[i] = Integer.parseInt(parts[i]);
      }
      known[1] = Math.max(0, known[1]);
      known[2] = Math.max(0, known[2]);
    }
    return known;
  }
}
