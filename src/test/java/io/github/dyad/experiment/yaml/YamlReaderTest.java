package io.github.dyad.experiment.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class YamlReaderTest {

  @Test
  void a_scalar_keeps_its_text_and_its_line() {
    Node.Mapping top = YamlReader.read("x.yaml", "# comment\na: 1e-4\nb:\n  c: yes\n  d: '1'\n");
    assertEquals(new Node.Scalar(new Place("x.yaml", 2), "1e-4"), top.get("a"));
    Node.Mapping b = (Node.Mapping) top.get("b");
    assertEquals(new Node.Scalar(new Place("x.yaml", 4), "yes"), b.get("c"));
    assertEquals(new Node.Scalar(new Place("x.yaml", 5), "1"), b.get("d"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a: !!java.net.URL [1]                       | x.yaml:1: the tag !tag:yaml.org,2002:java.net.URL is not allowed
          a: !!javax.script.ScriptEngineManager {}    | x.yaml:1: the tag !tag:yaml.org,2002:javax.script.ScriptEngineManager is not allowed
          a: &x 1\\nb: *x                             | x.yaml:2: the alias *x is not allowed; write the value itself
          a: &x {c: 1}\\nb: {<<: *x}                  | x.yaml:2: the alias *x is not allowed; write the value itself
          a: 1\\na: 2                                 | x.yaml:2: not valid YAML: Duplicate field 'a'
          a: {b: 1, b: 2}                             | x.yaml:1: not valid YAML: Duplicate field 'b'
          a: 1\\n---\\nb: 2                           | x.yaml:3: a second YAML document; expected one
          a:                                          | x.yaml:1: a key without a value; give one or leave the key out
          a: ~                                        | x.yaml:1: a key without a value; give one or leave the key out
          - 1                                         | x.yaml:1: expected keys and values at the top of the file
          just text                                   | x.yaml:1: expected keys and values at the top of the file
          ''                                          | x.yaml is empty
          # nothing                                   | x.yaml is empty
          """)
  void what_could_surprise_is_refused_with_its_line(String text, String message) {
    InputException refused =
        assertThrows(
            InputException.class, () -> YamlReader.read("x.yaml", text.replace("\\n", "\n")));
    assertEquals(message, refused.getMessage());
  }

  @Test
  void broken_yaml_is_named_with_its_line() {
    InputException refused =
        assertThrows(InputException.class, () -> YamlReader.read("x.yaml", "a: 1\nb: [1, 2\n"));
    assertTrue(refused.getMessage().startsWith("x.yaml:"), refused.getMessage());
    assertTrue(refused.getMessage().contains("not valid YAML"), refused.getMessage());
  }

  @Test
  void a_bomb_of_aliases_is_refused_at_its_first_alias() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i));
      bomb.append("*a%d,".formatted(i - 1).repeat(9)).append("]\n");
    }
    InputException refused =
        assertTimeoutPreemptively(
            Duration.ofSeconds(2),
            () ->
                assertThrows(
                    InputException.class, () -> YamlReader.read("x.yaml", bomb.toString())));
    assertTrue(refused.getMessage().startsWith("x.yaml:2: the alias"), refused.getMessage());
  }

  @Test
  void deep_nesting_is_refused_quickly() {
    for (String deep :
        List.of("a: " + "[".repeat(200_000), "a: " + "{a: ".repeat(100_000), nestedBlocks(400))) {
      InputException refused =
          assertTimeoutPreemptively(
              Duration.ofSeconds(2),
              () -> assertThrows(InputException.class, () -> YamlReader.read("x.yaml", deep)));
      assertTrue(refused.getMessage().startsWith("x.yaml"), refused.getMessage());
    }
  }

  private static String nestedBlocks(int levels) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < levels; i++) {
      text.append(" ".repeat(i)).append("a:\n");
    }
    return text.toString();
  }

  @Test
  void a_file_is_read_up_to_its_limit_and_as_utf_8_only(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("x.yaml");
    Files.writeString(file, "a: é\n");
    assertEquals("\"é\"", YamlReader.read(file).get("a").describe());

    Files.write(file, "a: é\n".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(
        file + " is not UTF-8 text",
        assertThrows(InputException.class, () -> YamlReader.read(file)).getMessage());

    Files.writeString(file, "a: " + "x".repeat(YamlReader.MOST_BYTES));
    assertThrows(InputException.class, () -> YamlReader.read(file));
    assertEquals(
        folder.resolve("y.yaml") + ": there is no such file",
        assertThrows(InputException.class, () -> YamlReader.read(folder.resolve("y.yaml")))
            .getMessage());
  }

  @Test
  void no_damaged_text_gives_another_exception_than_the_clear_line() {
    String good =
        "base: {a.b: [1, 2], 'c': \"x\\n\"}\nvary:\n  - {name: y, z: 1}\n  - |\n    text\n";
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder(good);
      for (int edit = 0; edit <= seed % 4; edit++) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65536));
          case 1 -> text.setLength(at + 1);
          default -> text.insert(at, "&*!{}[]:-|>%@`#?,'\"\t\n".charAt(random.nextInt(21)));
        }
      }
      try {
        YamlReader.read("x.yaml", text.toString());
      } catch (InputException expected) {
        assertTrue(expected.getMessage().startsWith("x.yaml"), expected.getMessage());
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + text, e);
      }
    }
  }

  @Test
  void dotted_keys_are_sections_and_may_not_contradict_them() {
    Node.Mapping nested = YamlReader.read("x.yaml", "a.b: 1\na: {c.d: 2}\na.c.e: 3").nested();
    assertEquals("{a={b=1, c={d=2, e=3}}}", plain(nested).toString());
    for (String twice : List.of("a.b: 1\na: {b: 2}", "a: 1\na.b: 2", "a.b: 1\na: 2")) {
      InputException refused =
          assertThrows(
              InputException.class, () -> YamlReader.read("x.yaml", twice).nested(), twice);
      assertTrue(
          refused.getMessage().matches("x.yaml:2: (a|b) is given twice, first in line 1"),
          refused.getMessage());
    }
  }

  @Test
  void an_overlay_merges_sections_and_replaces_everything_else() {
    Node.Mapping below = YamlReader.read("x.yaml", "a: {b: 1, c: [1, 2]}\nd: 4");
    Node.Mapping above = YamlReader.read("x.yaml", "a: {c: [3]}\ne: 5");
    assertEquals("{a={b=1, c=[3]}, d=4, e=5}", plain(below.overlaidWith(above)).toString());
  }

  private static Object plain(Node node) {
    if (node instanceof Node.Mapping mapping) {
      Map<String, Object> map = new java.util.LinkedHashMap<>();
      mapping.entries().forEach((key, value) -> map.put(key, plain(value)));
      return map;
    }
    return node instanceof Node.Sequence list
        ? list.items().stream().map(YamlReaderTest::plain).toList()
        : ((Node.Scalar) node).text();
  }
}
