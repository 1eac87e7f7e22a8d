package io.github.dyad.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A peer in a JVM of its own: the lines load, step and drop of the protocol at the top of
 * peer_pytorch.py, for one case at a time. The case becomes a program by {@code export_case.py}.
 */
abstract class PeerServer {
  /** A loaded work. */
  interface Loaded extends AutoCloseable {
    /** What comes before a step and is not timed. */
    default void prepare() {}

    /** One step, timed by the caller. */
    void step() throws Exception;

    /** By the work's definition, of the last step. */
    double loss() throws Exception;

    @Override
    void close();
  }

  private final String form;
  private final Path export;

  /**
   * @param form what {@code export_case.py} shall write
   * @param export that program
   */
  PeerServer(String form, Path export) {
    this.form = form;
    this.export = export;
  }

  /** Loads an exported program; its file may be deleted afterwards. */
  abstract Loaded load(String work, Path caseFile, Path program) throws Exception;

  /** Answers until the end of input. */
  final void serve(String description) throws IOException {
    PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err); // libraries print; standard output is the protocol's
    answers.println("ready " + description);
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Loaded loaded = null;
    String line;
    while ((line = requests.readLine()) != null) {
      String[] words = line.split(" ", 4);
      try {
        switch (words[0]) {
          case "load" -> {
            loaded = export(words[2], Path.of(words[3]));
            answers.println("ok " + words[1]);
          }
          case "step" -> answers.println(timed(loaded, Integer.parseInt(words[2])));
          case "drop" -> {
            loaded.close();
            loaded = null;
            answers.println("ok " + words[1]);
          }
          default -> answers.println("error unknown command " + words[0]);
        }
      } catch (Exception e) { // every failure is the caller's to read
        e.printStackTrace();
        answers.println("error " + e.toString().replaceAll("\\s+", " "));
      }
    }
  }

  private static String timed(Loaded loaded, int count) throws Exception {
    long nanos = 0;
    for (int i = 0; i < count; i++) {
      loaded.prepare();
      long start = System.nanoTime();
      loaded.step();
      nanos += System.nanoTime() - start;
    }
    double milliseconds = nanos / 1e6 / count;
    return String.format(Locale.ROOT, "%.6f %s", milliseconds, loaded.loss());
  }

  private Loaded export(String work, Path caseFile) throws Exception {
    Path folder = Files.createTempDirectory("dyad-bench-");
    Path program = folder.resolve("program." + (form.equals("onnx") ? "onnx" : "pt"));
    try {
      Process python =
          new ProcessBuilder(
                  List.of(
                      "/usr/bin/python3",
                      export.toString(),
                      form,
                      work,
                      caseFile.toString(),
                      program.toString()))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (python.waitFor() != 0) {
        throw new IOException(export + " ended with code " + python.exitValue());
      }
      return load(work, caseFile, program);
    } finally {
      Files.deleteIfExists(program);
      Files.delete(folder);
    }
  }
}
