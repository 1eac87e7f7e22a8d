package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;

/** What a command answered: exit code, standard output, standard error. */
record Cli(int exitCode, String out, String err) {

  /** Runs the whole program in this JVM. */
  static Cli dyad(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            arguments);
    return new Cli(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /**
   * Plans an experiment with one mistake after another, each refused in a line with its place.
   *
   * @param mistakes what is replaced, by what, and what the answer says
   */
  static void assertMistakesAreTold(Path folder, String experiment, String[][] mistakes)
      throws IOException {
    for (String[] wrong : mistakes) {
      Path file =
          Files.writeString(folder.resolve("wrong.yaml"), experiment.replace(wrong[0], wrong[1]));
      Cli answer = dyad("plan", file.toString());
      assertEquals(2, answer.exitCode(), wrong[1]);
      assertTrue(
          answer.err().contains("wrong.yaml:") && answer.err().contains(wrong[2]), answer.err());
    }
  }

  /** Runs one command object; the user's errors end in one line and exit code 2. */
  static Cli run(Object command, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        new CommandLine(command)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .setExecutionExceptionHandler(
                (exception, commandLine, parsed) -> {
                  if (exception instanceof InputException) {
                    commandLine.getErr().println("dyad: " + exception.getMessage());
                    return 2;
                  }
                  throw exception;
                })
            .execute(arguments);
    return new Cli(exitCode, out.toString().replace("\r\n", "\n"), err.toString());
  }
}
