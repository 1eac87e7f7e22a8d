package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DataCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void list_names_every_data_set_with_its_home_and_licence() {
    assertEquals(0, run("list"));
    for (String id :
        List.of("mvtec-ad", "mvtec-loco", "visa", "real-iad", "cifar-10", "cifar-100", "view")) {
      assertTrue(out.toString().contains(id + ": "), id);
    }
    assertEquals(
        out.toString().lines().filter(line -> line.startsWith("  licence")).count(),
        out.toString().lines().filter(line -> !line.startsWith(" ")).count());
  }

  @Test
  void check_counts_and_ends_in_ready() {
    assertEquals(0, run("check", "builtin:fashion-mnist-small", "--quick"));
    assertTrue(out.toString().contains("7              200       200          -"), out.toString());
    assertTrue(lastLine().startsWith("ready: builtin:fashion-mnist-small"), lastLine());
  }

  @Test
  void check_ends_in_what_to_do() {
    assertEquals(2, run("check", "mvtec-ad", "not/there"));
    assertTrue(lastLine().startsWith("not ready: there is no folder"), lastLine());
  }

  @Test
  void no_word_after_data_says_what_there_is() {
    assertEquals(2, run());
    assertTrue(err.toString().contains("say list, check"), err.toString());
  }

  private String lastLine() {
    return out.toString().lines().reduce((first, second) -> second).orElse("");
  }

  private int run(String... args) {
    return new CommandLine(new DataCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }
}
