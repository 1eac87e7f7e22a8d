package io.github.dyad.bench;

import io.github.dyad.InputException;
import io.github.dyad.Require;
import io.github.dyad.cli.ProfileCommand;
import io.github.dyad.kernel.Kernels;
import io.github.dyad.kernel.Workers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dyad bench}: times Dyad and its peers on the same work, in turn. */
@Command(
    name = "bench",
    description = {
      "Times Dyad and its peers on the same weights and inputs, a step each in turn.",
      "Exit code 1 where losses after the timed steps show that the work was not the same."
    },
    mixinStandardHelpOptions = true)
public final class BenchCommand implements ProfileCommand, Callable<Integer> {
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final String NONE = "none";

  @Spec private CommandSpec spec;

  @Option(
      names = "--works",
      split = ",",
      paramLabel = "WORK",
      description =
          "joint-step, joint-step-with-teacher, encoder-step, decoder-step, teacher-forward,"
              + " optimizer, score (default: all).")
  private List<String> works;

  @Option(
      names = "--shapes",
      split = ",",
      paramLabel = "SHAPE",
      defaultValue = "tiny,embedded,small",
      description = "tiny, embedded, small, paper (default: ${DEFAULT-VALUE}).")
  private List<String> shapes;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "PEER",
      defaultValue = "pytorch,libtorch,onnxruntime",
      description = "pytorch, libtorch, onnxruntime, or none (default: ${DEFAULT-VALUE}).")
  private List<String> peers;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "15",
      description = "Measured steps; short ones are repeated (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      defaultValue = "5",
      description = "Steps before them, at least (default: ${DEFAULT-VALUE}).")
  private int warmup;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Threads of Dyad and of every peer (default: all cores).")
  private Integer workers;

  @Option(names = "--out", paramLabel = "FILE", description = "The results as CSV.")
  private Path out;

  @Option(
      names = "--profile",
      description = "Also prints Dyad's milliseconds by kind of operation.")
  private boolean profile;

  @Option(
      names = "--scaling",
      description =
          "Instead of the race: how Dyad's time and memory grow with tokens, batch, depth and"
              + " number of images, around the first of --shapes.")
  private boolean scaling;

  @Option(
      names = "--jmh",
      paramLabel = "PATTERN",
      arity = "0..1",
      fallbackValue = ".*",
      description = "Instead of the race: JMH on the kernels whose names match.")
  private String jmh;

  @Override
  public Integer call() {
    if (jmh != null) {
      return kernels();
    }
    Require.atLeast("--steps", steps, 1);
    Require.atLeast("--warmup", warmup, 1);
    int threads =
        workers == null
            ? Runtime.getRuntime().availableProcessors()
            : Require.atLeast("--workers", workers, 1);
    List<Work> chosenWorks =
        works == null ? List.of(Work.values()) : works.stream().map(Work::named).toList();
    List<Shape> chosenShapes = shapes.stream().map(Shape::named).toList();
    List<PeerKind> kinds =
        peers.equals(List.of(NONE)) ? List.of() : peers.stream().map(PeerKind::named).toList();
    if (scaling) {
      return scale(chosenShapes.get(0), threads);
    }
    List<PeerProcess> processes = new ArrayList<>();
    try (Workers shared = new Workers(threads)) {
      PrintWriter console = spec.commandLine().getOut();
      console.println("dyad: " + threads + " workers, " + Kernels.active().name());
      for (PeerKind kind : kinds) {
        PeerProcess process = new PeerProcess(kind, threads);
        processes.add(process);
        console.println(kind.id + ": " + kind.meaning + "; " + process.description());
      }
      return measure(chosenWorks, chosenShapes, processes, shared, console);
    } finally {
      processes.forEach(PeerProcess::close);
    }
  }

  private int kernels() {
    try {
      new Runner(new OptionsBuilder().include(jmh).build()).run();
      return DONE;
    } catch (RunnerException e) {
      throw new InputException("--jmh " + jmh + ": " + e.getMessage(), e);
    }
  }

  private int scale(Shape shape, int threads) {
    PrintWriter console = spec.commandLine().getOut();
    List<String> lines = new ArrayList<>(List.of(Scaling.Point.CSV_HEADER));
    console.println("dyad: " + threads + " workers, " + Kernels.active().name());
    console.println(Scaling.Point.CSV_HEADER);
    try (Workers shared = new Workers(threads)) {
      Scaling all =
          new Scaling(
              shared,
              steps,
              point -> {
                lines.add(point.csv());
                console.println(point.csv());
                console.flush();
                write(lines);
              });
      all.of(shape);
    }
    return DONE;
  }

  private int measure(
      List<Work> chosenWorks,
      List<Shape> chosenShapes,
      List<PeerProcess> processes,
      Workers shared,
      PrintWriter console) {
    List<Row> rows = new ArrayList<>();
    List<String> lines = new ArrayList<>(List.of(Row.CSV_HEADER));
    for (Work work : chosenWorks) {
      console.println(work.id + ": " + work.meaning);
    }
    console.println(Row.TITLE);
    console.flush();
    for (Shape shape : chosenShapes) {
      for (Work work : chosenWorks) {
        for (Row row : race(new Case(work, shape, shared), processes, console)) {
          rows.add(row);
          console.println(row.text());
          console.flush();
          lines.add(row.csv());
          write(lines);
        }
      }
    }
    return rows.stream().allMatch(Row::sameWork) ? DONE : FAILED;
  }

  private List<Row> race(Case given, List<PeerProcess> processes, PrintWriter console) {
    List<Side> loaded = new ArrayList<>();
    Path file = null;
    try {
      DyadSide dyad = new DyadSide(given);
      Race race = new Race(given, dyad);
      file = Files.createTempFile("dyad-bench-", ".safetensors");
      CaseFile.write(given, file);
      for (PeerProcess process : processes) {
        if (process.kind().does(given.work())) {
          Side side = process.load(given, file);
          loaded.add(side);
          race.add(process.kind().id, side);
        }
      }
      List<Row> rows = race.run(warmup, steps);
      if (profile && dyad.plan() != null) {
        print(dyad, console);
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      loaded.forEach(Side::close);
      delete(file);
    }
  }

  /** Means over a few runs of the plan, which leaves out the optimizer. */
  private static void print(DyadSide dyad, PrintWriter console) {
    int runs = 10;
    Map<String, Double> total = new java.util.TreeMap<>();
    for (int i = 0; i < runs; i++) {
      dyad.plan().profile().forEach((op, ms) -> total.merge(op, ms / runs, Double::sum));
    }
    Map<String, Integer> counts = dyad.plan().operations();
    total.forEach(
        (op, ms) -> console.printf(Locale.ROOT, "  %-28s %4d %9.3f ms%n", op, counts.get(op), ms));
    console.flush();
  }

  private void write(List<String> lines) {
    if (out == null) {
      return;
    }
    try {
      if (out.getParent() != null) {
        Files.createDirectories(out.getParent());
      }
      Files.writeString(out, String.join("\n", lines) + "\n", StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new InputException(out + ": cannot be written (" + e.getMessage() + ")", e);
    }
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
