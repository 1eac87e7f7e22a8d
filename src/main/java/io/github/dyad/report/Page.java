package io.github.dyad.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A page from its template, style, scripts and data, in one file that asks for nothing else. */
final class Page {
  private static final JsonMapper JSON = new JsonMapper();

  /** Charts: Chart.js (MIT), from its WebJar. */
  static final String CHARTS = "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

  private Page() {}

  /**
   * @param name of template, style and script among the resources
   * @param data what the script shows
   */
  static String of(String name, Map<String, Object> data) {
    return text(name + ".html")
        .replace("/*style*/", text("page.css") + text(name + ".css"))
        .replace("/*charts*/", withoutMap(text(CHARTS)))
        .replace("/*script*/", text("page.js") + text(name + ".js"))
        .replace("{}/*data*/", json(data));
  }

  /** Inside a script element, so that no text can end it. */
  static String json(Object data) {
    try {
      return JSON.writeValueAsString(data).replace("<", "\\u003c").replace("\u2028", "\\u2028");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The reference to a source map would be asked for. */
  private static String withoutMap(String script) {
    return script.replaceAll("(?m)^//# sourceMappingURL=.*$", "");
  }

  static String text(String resource) {
    try (InputStream in = Page.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
