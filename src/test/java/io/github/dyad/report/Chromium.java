package io.github.dyad.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A headless Chromium with one page, spoken to by its DevTools protocol. */
public final class Chromium implements AutoCloseable {
  private static final long SECONDS = 30;
  private static final JsonMapper JSON = new JsonMapper();

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /** Where one is installed. */
  public static Optional<String> installed() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  /**
   * @param folder for the browser's own files, empty
   */
  public Chromium(String executable, Path folder) throws Exception {
    List<String> command = new ArrayList<>(List.of(executable));
    command.addAll(
        List.of(
            "--headless",
            "--no-sandbox", // for the root of a container
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--remote-debugging-port=0",
            "--user-data-dir=" + folder,
            "about:blank"));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("chromium.log").toFile())
            .start();
    Path told = folder.resolve("DevToolsActivePort");
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!Files.exists(told) || Files.readAllLines(told).isEmpty()) {
      if (!process.isAlive() || System.nanoTime() > patience) {
        process.destroy();
        throw new IllegalStateException(
            "Chromium did not start: " + Files.readString(folder.resolve("chromium.log")));
      }
      Thread.sleep(50);
    }
    String port = Files.readAllLines(told).get(0);
    HttpClient http = HttpClient.newHttpClient();
    JsonNode pages =
        JSON.readTree(
            http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .body());
    String page = "";
    for (JsonNode candidate : pages) {
      page =
          candidate.get("type").asText().equals("page")
              ? candidate.get("webSocketDebuggerUrl").asText()
              : page;
    }
    socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create(page), new Hearer())
            .get(SECONDS, TimeUnit.SECONDS);
    send("Page.enable", Map.of());
    send("Runtime.enable", Map.of());
    send("Log.enable", Map.of());
    send("Network.enable", Map.of());
  }

  /** Puts messages together and hands them on. */
  private final class Hearer implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        hear(text.toString());
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }
  }

  private void hear(String message) {
    JsonNode json;
    try {
      json = JSON.readTree(message);
    } catch (IOException e) {
      complaints.add("unreadable: " + message);
      return;
    }
    if (json.has("id")) {
      answers.remove(json.get("id").asInt()).complete(json);
      return;
    }
    JsonNode params = json.path("params");
    switch (json.path("method").asText()) {
      case "Runtime.exceptionThrown" -> complaints.add(params.path("exceptionDetails").toString());
      case "Runtime.consoleAPICalled" -> {
        if (List.of("error", "warning", "assert").contains(params.path("type").asText())) {
          complaints.add(params.path("args").toString());
        }
      }
      case "Log.entryAdded" -> {
        if (!params.path("entry").path("level").asText().equals("verbose")) {
          complaints.add(params.path("entry").toString());
        }
      }
      case "Network.requestWillBeSent" -> requests.add(params.path("request").path("url").asText());
      default -> {} // of no interest
    }
  }

  private JsonNode send(String method, Map<String, ?> params) throws Exception {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    socket
        .sendText(
            JSON.writeValueAsString(Map.of("id", id, "method", method, "params", params)), true)
        .get(SECONDS, TimeUnit.SECONDS);
    JsonNode json = answer.get(SECONDS, TimeUnit.SECONDS);
    if (json.has("error")) {
      throw new IllegalStateException(method + ": " + json.get("error"));
    }
    return json.get("result");
  }

  /** What the page looks like from now on. */
  public void look(int width, int height, boolean dark) throws Exception {
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    send(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  /** Opens a page and waits until its script says that it is ready. */
  public void open(String address) throws Exception {
    send("Page.navigate", Map.of("url", address));
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!evaluate("document.documentElement?.dataset.ready === 'true'").asBoolean()) {
      if (System.nanoTime() > patience) {
        throw new IllegalStateException("not ready; complaints: " + complaints);
      }
      Thread.sleep(50);
    }
  }

  /** The value of an expression in the page. */
  public JsonNode evaluate(String expression) throws Exception {
    JsonNode result =
        send("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
    if (result.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + result.get("exceptionDetails"));
    }
    return result.path("result").path("value");
  }

  /** The whole page as PNG. */
  public void screenshot(Path file) throws Exception {
    Files.createDirectories(file.toAbsolutePath().getParent());
    String png =
        send("Page.captureScreenshot", Map.of("captureBeyondViewport", true)).get("data").asText();
    Files.write(file, Base64.getDecoder().decode(png));
  }

  /** Console messages of warning or worse, exceptions, violations of the page's policy. */
  public List<String> complaints() {
    return complaints;
  }

  /** Addresses that the page asked for. */
  public List<String> requests() {
    return requests;
  }

  @Override
  public void close() throws Exception {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    process.waitFor(SECONDS, TimeUnit.SECONDS);
  }
}
