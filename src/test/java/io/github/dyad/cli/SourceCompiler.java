package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Takes Java examples out of documents and compiles them against Dyad, as a reader would. */
final class SourceCompiler {
  private SourceCompiler() {}

  /** The contents of a document's blocks, between an opening and a closing mark. */
  static List<String> blocks(String document, String opening, String closing) {
    List<String> blocks = new ArrayList<>();
    Matcher matcher =
        Pattern.compile(Pattern.quote(opening) + "\n(.*?)" + Pattern.quote(closing), Pattern.DOTALL)
            .matcher(document);
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    return blocks;
  }

  /** Compiles one source file; what the compiler says is the failure's message. */
  static void compile(Path source, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    Files.createDirectories(classes);
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of(
                      "-proc:none",
                      "-cp",
                      System.getProperty("java.class.path"),
                      "-d",
                      classes.toString()),
                  null,
                  files.getJavaFileObjects(source))
              .call();
      assertTrue(compiled, () -> source + ":\n" + messages);
    }
  }
}
