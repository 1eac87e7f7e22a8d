package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java in the README and in the public classes' documentation compiles. */
final class JavaExamplesTest {
  private static final Path SOURCES = Path.of("src/main/java/io/github/dyad");

  @TempDir Path folder;

  @Test
  void examples_compile() throws IOException {
    List<String> examples = new ArrayList<>();
    for (String file :
        List.of(
            "experiment/Experiment.java",
            "experiment/Detector.java",
            "teacher/Teacher.java",
            "search/Search.java")) {
      String source = Files.readString(SOURCES.resolve(file)).replaceAll("(?m)^ \\* ?", "");
      List<String> blocks = SourceCompiler.blocks(source, "<pre>{@code", "}</pre>");
      examples.add(blocks.get(blocks.size() - 1));
    }
    List<String> readme =
        SourceCompiler.blocks(Files.readString(Path.of("README.md")), "```java", "```");
    assertEquals(4, readme.size());
    examples.add(readme.get(3)); // the others are classes: LauncherTest compiles and runs them
    for (int i = 0; i < examples.size(); i++) {
      Path source =
          Files.writeString(
              folder.resolve("Example" + i + ".java"),
              """
              import io.github.dyad.experiment.*;
              import io.github.dyad.graph.TokenGrid;
              import io.github.dyad.search.*;
              import io.github.dyad.teacher.Teacher;
              import java.nio.file.Path;

              class Example%d {
                void example() throws Exception {
              %s
                }
              }
              """
                  .formatted(i, examples.get(i)));
      SourceCompiler.compile(source, folder.resolve("classes"));
    }
  }
}
