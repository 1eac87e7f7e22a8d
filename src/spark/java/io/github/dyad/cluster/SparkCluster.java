package io.github.dyad.cluster;

import io.github.dyad.InputException;
import io.github.dyad.experiment.Cluster;
import io.github.dyad.experiment.RunListener.Failure;
import io.github.dyad.experiment.StoppedException;
import io.github.dyad.experiment.store.WholeFile;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;

/** A Spark cluster. Each training with its rows is a task; so are a few dozen images to score. */
public final class SparkCluster implements Cluster {
  /** System property of the launcher: a file that lists what executors do not have of their own. */
  private static final String SHIPPED = "dyad.shipped";

  private static final String EXECUTOR_OPTIONS =
      "--add-modules=jdk.incubator.vector -Djava.awt.headless=true"
          + " -Dorg.bytedeco.javacpp.maxphysicalbytes=0 -Dorg.bytedeco.javacpp.maxbytes=0";

  private static final int IMAGES_PER_TASK = 32;
  private static final int TASKS_PER_SLOT = 4;
  private static final long POLL_MILLIS = 200;
  private static final long CHECKPOINT_PATIENCE_SECONDS = 60;

  private final JavaSparkContext spark;
  private final int workers;

  private SparkCluster(JavaSparkContext spark, int workers) {
    this.spark = spark;
    this.workers = workers;
  }

  /** The profile's cluster. */
  public static final class Connector implements Cluster.Provider {
    @Override
    public Cluster connect(String master, int workers) {
      try {
        return new SparkCluster(new JavaSparkContext(configuration(master, workers)), workers);
      } catch (RuntimeException e) {
        throw new InputException(
            "--spark " + master + ": no cluster there: " + firstLine(e.getMessage()), e);
      }
    }
  }

  /** What spark-submit sets has precedence. */
  private static SparkConf configuration(String master, int workers) {
    SparkConf conf = new SparkConf().setMaster(master);
    conf.setIfMissing("spark.app.name", "dyad");
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.task.cpus", String.valueOf(workers));
    conf.setIfMissing("spark.task.maxFailures", "8"); // a lost executor is no fault of the task
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", "1");
    if (master.startsWith("local") || master.matches("spark://(127\\..*|localhost):.*")) {
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    }
    String options = conf.get("spark.executor.extraJavaOptions", "");
    conf.set("spark.executor.extraJavaOptions", (options + " " + EXECUTOR_OPTIONS).strip());
    String shipped = System.getProperty(SHIPPED);
    if (shipped != null && !master.startsWith("local")) {
      String[] libraries =
          WholeFile.read(Path.of(shipped)).orElse("").strip().split(File.pathSeparator);
      String own = SparkCluster.class.getProtectionDomain().getCodeSource().getLocation().getPath();
      conf.setIfMissing("spark.jars", own + "," + String.join(",", libraries));
    }
    return conf;
  }

  @Override
  public List<Failure> run(GridOrder order, List<String> trainingKeys, BooleanSupplier stop) {
    String presence = ".run/spark-" + UUID.randomUUID();
    Path file = order.results().resolve(presence);
    WholeFile.write(file, "");
    try {
      List<GridTask> tasks =
          trainingKeys.stream().map(key -> GridTask.of(order, presence, key, workers)).toList();
      JavaFutureAction<List<List<GridTask.Failure>>> future =
          spark
              .parallelize(tasks, Math.max(1, tasks.size()))
              .map(task -> task.run(host(), SparkCluster::interrupted))
              .collectAsync();
      List<Failure> failures = new ArrayList<>();
      for (List<GridTask.Failure> each : wait(future, stop)) {
        each.forEach(f -> failures.add(new Failure(f.label(), f.message(), null)));
      }
      return failures;
    } catch (ExecutionException e) {
      return List.of(new Failure("the cluster", firstLine(e.getCause().getMessage()), e));
    } finally {
      WholeFile.deleteFolder(file);
    }
  }

  private <T> T wait(JavaFutureAction<T> future, BooleanSupplier stop) throws ExecutionException {
    while (!stop.getAsBoolean()) {
      try {
        return future.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // not yet
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    spark.sc().cancelAllJobs(); // tasks see it, write a checkpoint and end
    awaitTasks();
    throw new StoppedException();
  }

  private void awaitTasks() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CHECKPOINT_PATIENCE_SECONDS);
    try {
      while (System.nanoTime() < end
          && Stream.of(spark.statusTracker().getExecutorInfos())
              .anyMatch(executor -> executor.numRunningTasks() > 0)) {
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean interrupted() {
    TaskContext task = TaskContext.get();
    return task != null && task.isInterrupted();
  }

  private static String host() {
    return "executor " + SparkEnv.get().executorId() + " on " + SparkEnv.get().blockManager().blockManagerId().host();
  }

  @Override
  public void score(ScoringOrder order, Iterator<Path> images, Consumer<ScoredImage> scored) {
    int tasks = TASKS_PER_SLOT * Math.max(1, spark.defaultParallelism() / workers);
    while (images.hasNext()) {
      List<List<Path>> window = new ArrayList<>();
      while (images.hasNext() && window.size() < tasks) {
        List<Path> part = new ArrayList<>();
        while (images.hasNext() && part.size() < IMAGES_PER_TASK) {
          part.add(images.next());
        }
        window.add(part);
      }
      score(order, window, scored);
    }
  }

  private void score(ScoringOrder order, List<List<Path>> window, Consumer<ScoredImage> scored) {
    List<ScoringTask> tasks =
        window.stream().map(part -> ScoringTask.of(order, part, workers)).toList();
    List<ScoringTask.Answer> answers =
        spark.parallelize(tasks, tasks.size()).map(task -> task.run(host())).collect();
    for (int part = 0; part < answers.size(); part++) {
      ScoringTask.Answer answer = answers.get(part);
      for (int i = 0; i < answer.rows().size(); i++) {
        ScoringTask.Row row = answer.rows().get(i);
        scored.accept(
            new ScoredImage(
                window.get(part).get(i), row.score(), row.threshold(), row.anomalous()));
      }
      if (answer.problem() != null) {
        throw new InputException(answer.problem());
      }
    }
  }

  @Override
  public void close() {
    spark.close();
  }

  private static String firstLine(String message) {
    return String.valueOf(message).lines().findFirst().orElse("no reason given");
  }
}
