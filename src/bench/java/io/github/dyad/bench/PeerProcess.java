package io.github.dyad.bench;

import io.github.dyad.InputException;
import io.github.dyad.kernel.OpenBlas;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A peer's server on two pipes; its protocol stands at the top of peer_pytorch.py. */
final class PeerProcess implements AutoCloseable {
  private static final String CASE = "case";

  private final PeerKind kind;
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter requests;
  private final String description;

  PeerProcess(PeerKind kind, int threads) {
    this.kind = kind;
    ProcessBuilder builder = new ProcessBuilder(kind.command(threads));
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("OMP_NUM_THREADS", "" + threads); // the launcher sets Dyad's, 1
    // Threads that spin while they wait cost a peer up to 20 times where anybody else computes.
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    // Debian's OpenBLAS knows no newer Intel processors either.
    if (!OpenBlas.core().equals("unknown")) {
      builder.environment().put("OPENBLAS_CORETYPE", OpenBlas.core());
    }
    try {
      process = builder.start();
      answers = process.inputReader(StandardCharsets.UTF_8);
      requests = process.outputWriter(StandardCharsets.UTF_8);
      String first = answers.readLine();
      if (first == null || !first.startsWith("ready")) {
        process.destroy();
        throw new InputException(
            "the peer "
                + kind.id
                + " did not start (said "
                + first
                + "); src/bench/README.md says"
                + " what it needs, --peers leaves it out");
      }
      description = first.substring("ready".length()).strip();
    } catch (IOException e) {
      throw new InputException(
          "the peer "
              + kind.id
              + " cannot be started ("
              + e.getMessage()
              + "); --peers leaves it"
              + " out",
          e);
    }
  }

  PeerKind kind() {
    return kind;
  }

  /** Versions and settings, in the peer's words. */
  String description() {
    return description;
  }

  /** Loads a case; the returned side forgets it when it is closed. */
  Side load(Case given, Path file) {
    ask("load " + CASE + " " + given.work().id + " " + file.toAbsolutePath());
    return new Side() {
      @Override
      public Timing steps(int count) {
        String[] answer = ask("step " + CASE + " " + count).split(" ");
        return new Timing(Double.parseDouble(answer[0]), Double.parseDouble(answer[1]));
      }

      @Override
      public double cpuSeconds() {
        return Load.cpuSeconds(process.toHandle());
      }

      @Override
      public void close() {
        ask("drop " + CASE);
      }
    };
  }

  private String ask(String line) {
    try {
      requests.write(line);
      requests.newLine();
      requests.flush();
      String answer = answers.readLine();
      if (answer == null || answer.startsWith("error")) {
        throw new IllegalStateException(kind.id + " answered \"" + line + "\" with " + answer);
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(kind.id + " has ended", e);
    }
  }

  @Override
  public void close() {
    try {
      requests.close(); // the end of its input ends it
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroy();
      }
    } catch (IOException | InterruptedException e) {
      process.destroy();
    }
  }
}
