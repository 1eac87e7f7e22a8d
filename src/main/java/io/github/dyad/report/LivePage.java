package io.github.dyad.report;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.dyad.InputException;
import io.github.dyad.experiment.RunPage;
import io.github.dyad.experiment.SampleMap;
import io.github.dyad.experiment.TrainingStep;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToIntFunction;

/**
 * A page that shows a run while it runs. It listens on 127.0.0.1 alone, answers only requests that
 * name it so (a page from elsewhere cannot read it by a host name of its own), and its threads
 * never keep the JVM alive.
 */
public final class LivePage implements RunPage {
  /** Of the training's time, what sample maps may take. */
  private static final double SAMPLES_SHARE = 0.01;

  private static final long FIRST_SAMPLES_NANOS = 120_000_000_000L; // the first compiles a graph

  /** Without a request for so long, nobody looks. */
  private static final long UNWATCHED_NANOS = 10_000_000_000L;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Set<String> hosts;
  private final LiveState state;
  private volatile long watchedAt = System.nanoTime() - UNWATCHED_NANOS;
  private boolean trained;
  private long samplesDue;
  private long samplesAsked;

  /**
   * @param port 0 for any free one
   * @param imagesPerStep of a training, by the label that the run tells
   * @throws InputException when the port is in use
   */
  public LivePage(int port, ToIntFunction<String> imagesPerStep) {
    this.state = new LiveState(imagesPerStep);
    try {
      this.server =
          HttpServer.create(
              new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 0);
    } catch (IOException e) {
      throw new InputException(
          "--ui: port " + port + " cannot be used (" + e.getMessage() + "); name another one", e);
    }
    // Browsers leave the usual port out.
    String after = port() == 80 ? "" : ":" + port();
    this.hosts = Set.of("127.0.0.1" + after, "localhost" + after);
    this.threads =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "live-page");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    // The server's own thread inherits this from the thread that starts it.
    CompletableFuture.runAsync(server::start, threads).join();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public String address() {
    return "http://127.0.0.1:" + port() + "/";
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String host = exchange.getRequestHeaders().getFirst("Host");
      if (host == null || !hosts.contains(host)) {
        send(exchange, 403, "text/plain", "this page is at " + address());
      } else if (!exchange.getRequestMethod().equals("GET")) {
        send(exchange, 405, "text/plain", "GET only");
      } else if (path.equals("/")) {
        send(exchange, 200, "text/html", Page.of("live", Map.of()));
      } else if (path.equals("/state")) {
        watchedAt = System.nanoTime();
        send(
            exchange,
            200,
            "application/json",
            Page.json(state.since(exchange.getRequestURI().getQuery())));
      } else {
        send(exchange, 404, "text/plain", "no such page");
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.getResponseHeaders().set("X-Frame-Options", "DENY");
    exchange.getResponseHeaders().set("Cross-Origin-Resource-Policy", "same-origin");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void planned(int trials, int rows, int missingRows, int missingTrainings, long work) {
    state.planned(trials, rows, missingRows, missingTrainings, work);
  }

  @Override
  public void trainingStarted(String label, int iterations) {
    state.trainingStarted(label, iterations);
  }

  @Override
  public void featuresKept(int images) {
    state.doing("teacher features of " + images + " images");
  }

  @Override
  public void trainingStep(TrainingStep step) {
    if (!trained) {
      trained = true;
      samplesDue = System.nanoTime() + FIRST_SAMPLES_NANOS;
    }
    state.step(step);
  }

  /** When somebody looks, and as seldom as keeps them at {@value #SAMPLES_SHARE} of the time. */
  @Override
  public boolean samplesWanted() {
    long now = System.nanoTime();
    boolean wanted = trained && now - samplesDue >= 0 && now - watchedAt < UNWATCHED_NANOS;
    if (wanted) {
      samplesAsked = now;
    }
    return wanted;
  }

  @Override
  public void samples(int step, List<SampleMap> samples) {
    state.samples(step, samples);
    long now = System.nanoTime();
    samplesDue = now + (long) ((now - samplesAsked) / SAMPLES_SHARE);
  }

  @Override
  public void scoringStarted(String label, int images) {
    state.doing("scoring " + label + ", " + images + " images");
  }

  @Override
  public void worked(long units) {
    state.worked(units);
  }

  @Override
  public void heldElsewhere(String label, boolean waiting) {
    state.doing(label + (waiting ? ": waiting for another run" : ": another run is at it"));
  }

  @Override
  public void rowFinished(String trial, ResultRowSummary row) {
    state.rowFinished(trial, row);
  }

  @Override
  public void failed(Failure failure) {
    state.failed(failure);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
