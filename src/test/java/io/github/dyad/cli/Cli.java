package io.github.dyad.cli;

import io.github.dyad.InputException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
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
