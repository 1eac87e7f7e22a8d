package io.github.dyad.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyad.InputException;
import io.github.dyad.Loopback;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.ImageRef;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Sample;
import io.github.dyad.experiment.RunListener.ResultRowSummary;
import io.github.dyad.experiment.SampleMap;
import io.github.dyad.experiment.TrainingStep;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LivePageTest {
  private LivePage page;

  @BeforeEach
  void open() {
    page = new LivePage(0, label -> 8);
  }

  @AfterEach
  void close() {
    page.close();
  }

  /**
   * Status and body of a request that is written by hand: clients do not let one lie about Host.
   */
  private String ask(String method, String path, String host) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", page.port())) {
      String request =
          method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String ownHost() {
    return "127.0.0.1:" + page.port();
  }

  private JsonNode state(String known) throws IOException {
    String answer = ask("GET", "/state?" + known, ownHost());
    assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    return new JsonMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
  }

  private static TrainingStep step(int step) {
    return new TrainingStep(step, 1.0 / (step + 1), 0.5, Double.NaN, 0.25, Double.NaN, 1e-3);
  }

  @Test
  void a_request_by_another_host_name_is_refused() throws IOException {
    assertTrue(ask("GET", "/", ownHost()).startsWith("HTTP/1.1 200"));
    assertTrue(ask("GET", "/", "localhost:" + page.port()).startsWith("HTTP/1.1 200"));
    for (String host : List.of("evil.example", "evil.example:" + page.port(), "127.0.0.1", "")) {
      assertTrue(ask("GET", "/state", host).startsWith("HTTP/1.1 403"), host);
    }
  }

  @Test
  void it_can_only_be_read() throws IOException {
    assertTrue(ask("POST", "/state", ownHost()).startsWith("HTTP/1.1 405"));
    assertTrue(ask("GET", "/../etc/passwd", ownHost()).startsWith("HTTP/1.1 404"));
  }

  @Test
  void it_listens_on_the_loopback_interface_alone() throws IOException {
    Loopback.assertAlone(page.port());
  }

  @Test
  void no_thread_of_it_keeps_the_jvm_alive() throws IOException {
    ask("GET", "/", ownHost());
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().contains("HTTP") || thread.getName().contains("live-page")) {
        assertTrue(thread.isDaemon(), thread.getName());
      }
    }
  }

  @Test
  void a_port_in_use_is_told() {
    InputException e =
        assertThrows(InputException.class, () -> new LivePage(page.port(), label -> 1));
    assertTrue(e.getMessage().startsWith("--ui: port " + page.port()), e.getMessage());
  }

  @Test
  void only_what_the_page_does_not_have_is_sent() throws IOException {
    page.planned(2, 3, 3, 2, 100);
    page.trainingStarted("noisy-or", 20);
    for (int i = 0; i < 5; i++) {
      page.trainingStep(step(i));
    }
    page.rowFinished("noisy-or", new ResultRowSummary("A", 0.75));
    JsonNode all = state("-1.0.0.-1");
    assertEquals(5, all.get("points").size());
    assertEquals(1, all.get("rows").size());
    JsonNode rest = state(all.get("training").asInt() + ".3.1.-1");
    assertEquals(3, rest.get("from").asInt());
    assertEquals(2, rest.get("points").size());
    assertEquals(0, rest.get("rows").size());
    assertEquals(4, rest.get("points").get(1).get(0).asInt());
    assertTrue(rest.get("points").get(1).get(3).isNull(), "no decoder student, no number");

    page.trainingStarted("sum", 20);
    assertEquals(0, state(all.get("training").asInt() + ".5.1.-1").get("from").asInt());
  }

  @Test
  void a_long_training_keeps_a_thousand_points() throws IOException {
    page.trainingStarted("long", 50_000);
    for (int i = 0; i < 50_000; i++) {
      page.trainingStep(step(i));
    }
    assertEquals(1001, state("").get("points").size());
  }

  @Test
  void samples_are_wanted_only_while_somebody_looks() {
    assertFalse(page.samplesWanted());
  }

  @Test
  @Tag("slow")
  void a_browser_follows_a_training(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(
        Chromium.installed().isPresent(), "no Chromium is installed; .ci/run installs one");
    page.planned(1, 1, 1, 1, 100);
    page.trainingStarted("noisy-or", 300);
    for (int i = 0; i < 100; i++) {
      page.trainingStep(
          new TrainingStep(i, Math.exp(-i / 50.0), 0.5, 0.4, 0.6, 0.3, 1e-4 * i / 100));
    }
    byte[] pgm = "P5 2 2 255 0123".getBytes(StandardCharsets.US_ASCII);
    Path image = Files.write(folder.resolve("x.pgm"), pgm);
    float[] map = new float[256 * 256];
    map[300] = 1;
    page.samples(
        99,
        List.of(
            new SampleMap(
                Sample.normal("x.pgm", "bottle", ImageRef.file(image)),
                new RawScores(0.1, 0.1, 0.2, 0.2),
                map,
                256,
                ImageSize.whole(32))));
    Path browserFolder = Files.createDirectory(folder.resolve("browser"));
    try (Chromium browser = new Chromium(Chromium.installed().orElseThrow(), browserFolder)) {
      for (int width : new int[] {1280, 400}) {
        browser.look(width, 900, width == 400);
        browser.open(page.address());
        assertEquals(
            "100 / 300",
            browser.evaluate("document.querySelector('.tile b').textContent").asText());
        assertEquals(6, browser.evaluate("document.querySelectorAll('canvas').length").asInt());
        assertEquals(
            2, browser.evaluate("document.querySelectorAll('#samples img').length").asInt());
        assertTrue(browser.evaluate("document.documentElement.scrollWidth").asInt() <= width);
        browser.screenshot(Path.of("target", "screenshots", "live-" + width + ".png"));
      }
      page.trainingStep(new TrainingStep(100, 0.1, 0.5, 0.4, 0.6, 0.3, 1e-4));
      Thread.sleep(2500);
      assertEquals(
          "101 / 300", browser.evaluate("document.querySelector('.tile b').textContent").asText());
      assertEquals(List.of(), browser.complaints());
      assertTrue(
          browser.requests().stream()
              .allMatch(url -> url.startsWith(page.address()) || url.startsWith("data:")),
          browser.requests().toString());
    }
  }
}
