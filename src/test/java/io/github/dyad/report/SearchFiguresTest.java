package io.github.dyad.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class SearchFiguresTest {
  private static final String CANDIDATES =
      """
      candidate,state,probe_score,score,optimizer.learningRate,decoderStudent.depth,decoderStudent.tappedLayers,reason
      c000,done,0.7,0.8,0.002,8,[],
      c001,done,0.75,0.9,0.0004,4,"[1, 2]",
      c002,stopped,0.5,,0.01,2,[],
      c003,failed,,,0.003,2,[],"diverged, at step 3"
      c004,done,0.8,0.85,0.009,4,[],
      """;

  @TempDir private Path results;

  @Test
  void each_parameter_has_a_figure_and_all_have_one_together() throws Exception {
    Files.writeString(results.resolve("candidates.csv"), CANDIDATES);
    Map<String, String> figures = SearchFigures.of(results);
    assertEquals(
        List.of(
            "search-optimizer-learningRate.svg",
            "search-decoderStudent-depth.svg",
            "search-decoderStudent-tappedLayers.svg",
            "search-parallel-coordinates.svg"),
        List.copyOf(figures.keySet()));
    for (Map.Entry<String, String> figure : figures.entrySet()) {
      Element svg = parse(figure.getValue());
      assertEquals("svg", svg.getLocalName(), figure.getKey());
    }
    String parallel = figures.get("search-parallel-coordinates.svg");
    for (String label : List.of("learningRate", "depth", "tappedLayers", "score", "[1, 2]")) {
      assertTrue(parallel.contains(">" + label + "</text>"), label);
    }
    assertEquals(3, parallel.split("<polyline").length - 1);
    assertTrue(parallel.contains("<title>c001: 0.9000</title>"), parallel);
    SearchFigures.write(results);
    assertTrue(Files.exists(results.resolve("figures/search-parallel-coordinates.svg")));
  }

  @Test
  void a_folder_without_a_search_has_no_figures() throws Exception {
    assertEquals(Map.of(), SearchFigures.of(results));
    Files.writeString(
        results.resolve("candidates.csv"), CANDIDATES.lines().findFirst().orElseThrow() + "\n");
    assertEquals(Map.of(), SearchFigures.of(results));
  }

  @Test
  void the_best_candidate_stands_highest_and_the_largest_value_rightmost() throws Exception {
    Files.writeString(results.resolve("candidates.csv"), CANDIDATES);
    NodeList dots =
        parse(SearchFigures.of(results).get("search-optimizer-learningRate.svg"))
            .getElementsByTagName("circle");
    assertEquals(3, dots.getLength());
    double[] x = new double[3];
    double[] y = new double[3];
    for (int i = 0; i < 3; i++) {
      x[i] = Double.parseDouble(((Element) dots.item(i)).getAttribute("cx"));
      y[i] = Double.parseDouble(((Element) dots.item(i)).getAttribute("cy"));
    }
    assertTrue(x[1] < x[0] && x[0] < x[2], "learning rates 0.002, 0.0004, 0.009");
    assertTrue(y[1] < y[2] && y[2] < y[0], "scores 0.8, 0.9, 0.85");
  }

  private static Element parse(String svg) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
  }
}
