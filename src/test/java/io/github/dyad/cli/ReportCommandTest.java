package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyad.report.Chromium;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of a small run, as a browser shows it. */
@Tag("slow")
class ReportCommandTest {
  private static final String EXPERIMENT =
      """
      name: looked-at
      base:
        preset: paper-semantic
        features.keep: no
        training: {iterations: 12, batchSize: 8, holdBack: 0.1}
      vary:
        set:
          - name: clothes
            data: {dataset: "builtin:fashion-mnist-small", splits: [A], size: {resize: 32, crop: 32}, limitTrain: 60, limitTest: 40}
          - name: parts
            data: {dataset: "builtin:made-parts", size: {resize: 64, crop: 64}, limitTrain: 40, limitTest: 40}
        row:
          - {name: encoder, objective.objective: encoder-only, anomaly.fusion: encoder}
          - {name: noisy-or}
      """;

  @TempDir private static Path folder;
  private static Path page;

  @BeforeAll
  static void make_a_report() throws Exception {
    Path experiment = Files.writeString(folder.resolve("looked-at.yaml"), EXPERIMENT);
    Path results = folder.resolve("results");
    dyad("run", experiment.toString(), "--results", results.toString(), "--quiet");
    dyad("report", results.toString(), "--quiet", "--sample", "40", "--gallery", "6");
    page = results.resolve("report.html");
  }

  private static void dyad(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Main.run(new PrintStream(out, true), new PrintStream(err, true), args);
    assertEquals(0, code, err.toString(StandardCharsets.UTF_8));
  }

  private static JsonNode data() throws IOException {
    return data(page);
  }

  /** What a report's page holds for its script. */
  static JsonNode data(Path report) throws IOException {
    String html = Files.readString(report);
    String start = "<script id=\"data\" type=\"application/json\">";
    int from = html.indexOf(start) + start.length();
    return new JsonMapper().readTree(html.substring(from, html.indexOf("</script>", from)));
  }

  @Test
  void the_page_holds_everything_that_it_promises() throws Exception {
    JsonNode data = data();
    assertEquals("looked-at", data.get("title").asText());
    assertEquals(0, data.get("notes").size(), data.get("notes").toString());
    assertEquals(4, data.get("trials").size());
    JsonNode both = data.get("trials").get(1);
    assertEquals("clothes_noisy-or", both.get("name").asText());
    assertEquals(6, both.get("gallery").size());
    assertEquals(40, both.get("scatter").get("encoder").size());
    JsonNode sample = data.get("samples").get(both.get("sample").asInt());
    for (String student : List.of("encoder", "decoder")) {
      assertEquals(2, sample.get(student).get("histograms").size(), student);
      assertEquals(40, sample.get(student).get("embeddings").get(1).size(), student);
      assertNotEquals(
          sample.get(student).get("histograms").get(0),
          sample.get(student).get("histograms").get(1),
          student + ": first and last step");
    }
    JsonNode training = data.get("trainings").get(both.get("trainings").get(0).get("key").asText());
    assertEquals(12, training.get("curve").get("weight_encoder").size());
    assertEquals(12, training.get("speed").get("images_per_second").size());
    assertTrue(data.get("variance").size() > 1, "feature variance of both data sets");
    JsonNode part = data.get("trials").get(3).get("gallery");
    assertTrue(part.findValues("mask").size() > 0, "masks of made parts");
    assertEquals(6, part.findValues("map").size());
  }

  @Test
  void the_first_step_is_what_the_seed_gives() throws Exception {
    // Both trials of a data set start from the same encoder student.
    JsonNode data = data();
    JsonNode first = data.get("samples").get(data.get("trials").get(0).get("sample").asInt());
    JsonNode second = data.get("samples").get(data.get("trials").get(1).get("sample").asInt());
    assertEquals(
        first.get("encoder").get("histograms").get(0),
        second.get("encoder").get("histograms").get(0));
  }

  @Test
  void a_browser_shows_it_wide_and_narrow_light_and_dark() throws Exception {
    Assumptions.assumeTrue(
        Chromium.installed().isPresent(), "no Chromium is installed; .ci/run installs one");
    Path browserFolder = Files.createDirectory(folder.resolve("browser"));
    try (Chromium browser = new Chromium(Chromium.installed().orElseThrow(), browserFolder)) {
      for (int width : new int[] {1280, 400}) {
        for (boolean dark : new boolean[] {false, true}) {
          String look = width + (dark ? " dark" : " light");
          browser.look(width, 900, dark);
          browser.open(page.toUri().toString());
          assertEquals(List.of(), browser.complaints(), look);
          assertTrue(
              browser.evaluate("document.documentElement.scrollWidth").asInt() <= width,
              look + ": the page is wider than the window");
          assertEquals(
              number(browser, "data.rows.length"),
              number(browser, "document.querySelectorAll('#trials-table tbody tr').length"),
              look);
          assertTrue(
              number(browser, "document.querySelectorAll('#paper-table tbody tr').length") > 0,
              look);
          double drawn = number(browser, DRAWN);
          assertTrue(drawn >= 16, look + ": charts with something drawn");
          assertEquals(number(browser, VISIBLE + ".length"), drawn, look + ": all of them");
          for (String caption : CAPTIONS) {
            assertTrue(
                number(browser, CAPTIONED.formatted(caption)) > 0, look + ": chart " + caption);
          }
          for (String group : List.of("#histograms", "#embeddings")) { // students by first, last
            assertEquals(
                4,
                number(browser, "document.querySelectorAll('" + group + " canvas').length"),
                look);
          }
          for (String picture : List.of("image", "map")) {
            assertEquals(6, number(browser, PICTURES.formatted(picture)), look + ": " + picture);
          }
          assertTrue(number(browser, VARIANCE) > 1, look + ": feature variance");
          for (String part : List.of("body", ".quiet", "#trials-table td", "figcaption", "nav a")) {
            assertTrue(
                number(browser, CONTRAST.formatted(part)) >= 4.5,
                look + ": contrast of " + part + " and its ground");
          }
          browser.screenshot(
              Path.of("target", "screenshots", "report-" + width + (dark ? "-dark" : "") + ".png"));
        }
      }
      sorts_and_filters(browser);
      assertEquals(
          List.of(),
          browser.requests().stream()
              .filter(url -> !url.startsWith("file:") && !url.startsWith("data:"))
              .toList());
      assertEquals(List.of(), browser.complaints());
    }
  }

  private static void sorts_and_filters(Chromium browser) throws Exception {
    String auroc =
        "[...document.querySelectorAll('#trials-table th button')].find(b => b.textContent ==="
            + " 'image auroc')";
    browser.evaluate(auroc + ".click()");
    assertEquals(
        "descending",
        browser.evaluate(auroc + ".parentElement.getAttribute('aria-sort')").asText());
    String values =
        "JSON.stringify([...document.querySelectorAll('#trials-table tbody tr')].map(r =>"
            + " Number(r.children[[..."
            + auroc
            + ".closest('tr').children].indexOf("
            + auroc
            + ".parentElement)].textContent)))";
    List<Double> sorted =
        List.of(new JsonMapper().readValue(browser.evaluate(values).asText(), Double[].class));
    assertEquals(sorted.stream().sorted((a, b) -> Double.compare(b, a)).toList(), sorted);
    browser.evaluate(
        "(() => { const s = document.querySelector('#trials-controls input'); s.value = 'parts"
            + " NOISY'; s.dispatchEvent(new Event('input')); })()");
    assertEquals(
        List.of("parts_noisy-or"),
        List.of(
            new JsonMapper()
                .readValue(
                    browser
                        .evaluate(
                            "JSON.stringify([...new"
                                + " Set([...document.querySelectorAll('#trials-table tbody"
                                + " th')].map(h => h.textContent))])")
                        .asText(),
                    String[].class)));
  }

  /** What the page names its charts. */
  private static final List<String> CAPTIONS =
      List.of(
          "ROC",
          "Precision–recall",
          "Loss",
          "Losses of the students",
          "Effective weights, Eq. (3)",
          "Learning rate",
          "Throughput",
          "s_E against s_D");

  private static final String CAPTIONED =
      "[...document.querySelectorAll('figure canvas')].filter(c =>"
          + " c.closest('figure').querySelector('figcaption').textContent.startsWith('%s')).length";

  private static final String PICTURES =
      "[...document.querySelectorAll('#gallery figure')].filter(f =>"
          + " f.querySelector('figcaption').textContent === '%s' &&"
          + " f.querySelector('img').naturalWidth > 0).length";

  private static final String VARIANCE =
      "[...document.querySelectorAll('#variance img')].filter(i => i.naturalWidth > 0).length";

  private static final String VISIBLE =
      "[...document.querySelectorAll('canvas')].filter(c => c.offsetParent !== null)";

  /** Of these, canvases that are not all one colour. */
  private static final String DRAWN =
      VISIBLE
          + ".filter(c => { const d = new"
          + " Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer);"
          + " return d.some(p => p !== d[0]); }).length";

  /** WCAG's contrast of a part's text and the ground behind it. */
  private static final String CONTRAST =
      "(() => { const e = document.querySelector('%s'); let g = e; while (g.parentElement &&"
          + " getComputedStyle(g).backgroundColor === 'rgba(0, 0, 0, 0)') g = g.parentElement;"
          + " const l = c => { const [r, g, b] = c.match(/\\d+/g).map(v => v / 255).map(v => v <="
          + " 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g +"
          + " 0.0722 * b; }; const [a, b] = [l(getComputedStyle(e).color),"
          + " l(getComputedStyle(g).backgroundColor)]; return (Math.max(a, b) + 0.05) /"
          + " (Math.min(a, b) + 0.05); })()";

  private static double number(Chromium browser, String expression) throws Exception {
    return browser.evaluate(expression).asDouble();
  }
}
