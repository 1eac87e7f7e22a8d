package io.github.dyad.cli;

import io.github.dyad.experiment.CacheFolder;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.experiment.Verification;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.experiment.store.WholeFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Processes that run one experiment and are ended at random instants. Results and cache lie in a
 * folder of their own; when a grid gets through, its bytes are compared and the next one starts
 * from nothing.
 */
final class Torture {
  /** Longest time to an end, as a part of the undisturbed run's time. */
  private static final double LONGEST = 0.4;

  private static final double TERMINATIONS = 0.2;
  private static final double POWER_CUTS = 0.5;
  private static final double PAIRS = 0.25;

  /**
   * What was done.
   *
   * @param ends rounds that were ended from outside, the sum of kills and terminations
   * @param powerCuts kills after which unsynced files were cut short
   * @param pairs ends that hit two runs in one folder
   * @param grids that got through and were compared
   * @param files compared in each
   */
  record Report(
      int ends,
      int kills,
      int powerCuts,
      int terminations,
      int pairs,
      int grids,
      int files,
      double undisturbedSeconds) {}

  private final Path folder;
  private final List<String> experiment;
  private final int workers;
  private final Random random;
  private final Consumer<String> progress;

  private int kills;
  private int powerCuts;
  private int terminations;
  private int pairs;

  /**
   * @param folder empty; everything goes there
   * @param experiment arguments of {@code dyad run}
   */
  Torture(Path folder, List<String> experiment, int workers, long seed, Consumer<String> progress) {
    this.folder = folder;
    this.experiment = List.copyOf(experiment);
    this.workers = workers;
    this.random = new Random(seed);
    this.progress = progress;
  }

  /**
   * @throws TortureException when a byte differs, or a run ends with an error of its own
   */
  Report run(int ends) throws IOException, InterruptedException {
    Path undisturbed = folder.resolve("undisturbed");
    long start = System.nanoTime();
    requireDone(start(undisturbed, 0).waitFor(), 0);
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, String> expected = checksums(undisturbed.resolve("results"));
    progress.accept(
        String.format(
            java.util.Locale.ROOT, "undisturbed: %.1f s, %d files", seconds, expected.size()));

    int grids = 0;
    Path disturbed = folder.resolve("disturbed");
    while (kills + terminations < ends) {
      if (round(disturbed, seconds)) {
        compare(expected, disturbed, ++grids);
      }
    }
    requireDone(start(disturbed, 0).waitFor(), 0);
    compare(expected, disturbed, ++grids);
    return new Report(
        kills + terminations,
        kills,
        powerCuts,
        terminations,
        pairs,
        grids,
        expected.size(),
        seconds);
  }

  /** Starts one run or two and ends them; true when one got through before. */
  private boolean round(Path home, double seconds) throws IOException, InterruptedException {
    boolean pair = random.nextDouble() < PAIRS;
    boolean terminate = random.nextDouble() < TERMINATIONS;
    long millis = (long) (random.nextDouble() * LONGEST * seconds * 1000);
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < (pair ? 2 : 1); i++) {
      processes.add(start(home, i));
    }
    boolean through = false;
    boolean ended = false;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (int i = 0; i < processes.size(); i++) {
      Process process = processes.get(i);
      if (process.waitFor(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
        requireDone(process.exitValue(), i);
        through = true;
      } else {
        ended = true;
        if (terminate) {
          process.destroy();
        } else {
          process.destroyForcibly();
        }
      }
    }
    for (int i = 0; i < processes.size(); i++) {
      int code = processes.get(i).waitFor();
      if (terminate && code != Main.DONE && code != Main.INTERRUPTED && code != 128 + 15) {
        requireDone(code, i);
      }
      through |= code == Main.DONE;
    }
    if (ended) {
      count(home, terminate, pair);
    }
    progress.accept(
        String.format(
            java.util.Locale.ROOT,
            "%d: %s%s after %.1f s%s",
            kills + terminations,
            terminate ? "SIGTERM" : "kill -9",
            pair ? " of two runs" : "",
            millis / 1000.0,
            through ? ", the grid is through" : ""));
    return through;
  }

  private void count(Path home, boolean terminate, boolean pair) throws IOException {
    pairs += pair ? 1 : 0;
    if (terminate) {
      terminations++;
      return;
    }
    kills++;
    if (random.nextDouble() < POWER_CUTS) {
      powerCuts++;
      cutUnsynced(home);
    }
  }

  /**
   * What a power cut may do to files that no sync has reached: a part of their end is missing, or
   * holds zeros. Everything under a temporary name counts as such; a final name is only given after
   * a sync.
   */
  private void cutUnsynced(Path home) throws IOException {
    for (Path file : unsynced(home)) {
      try (RandomAccessFile data = new RandomAccessFile(file.toFile(), "rw")) {
        long length = data.length();
        long whole = (long) (random.nextDouble() * (length + 1));
        data.setLength(whole);
        if (random.nextBoolean()) {
          data.setLength(length); // the file system fills up with zeros
        }
      }
    }
  }

  private static List<Path> unsynced(Path home) {
    return WholeFile.files(home).stream()
        .filter(
            file -> {
              String name = file.getFileName().toString();
              boolean unfinishedModel =
                  home.relativize(file).startsWith(Path.of("results", ".run", "models"));
              return unfinishedModel || name.endsWith(".tmp") || name.endsWith(".part");
            })
        .toList();
  }

  private void compare(Map<String, String> expected, Path home, int grid) {
    Path results = home.resolve("results");
    Map<String, String> found = checksums(results);
    for (Map.Entry<String, String> file : expected.entrySet()) {
      if (!file.getValue().equals(found.get(file.getKey()))) {
        throw new TortureException(
            "grid " + grid + ": " + file.getKey() + " is not as in the undisturbed run");
      }
    }
    if (found.size() != expected.size()) {
      throw new TortureException("grid " + grid + ": there are files that belong to no row");
    }
    List<String> problems = Verification.of(new ResultsFolder(results)).problems();
    if (!problems.isEmpty()) {
      throw new TortureException("grid " + grid + ": " + problems.get(0));
    }
    List<Path> left =
        WholeFile.files(results.resolve(".run")).stream()
            .filter(file -> !file.toString().endsWith(".lock"))
            .toList();
    if (!left.isEmpty()) {
      throw new TortureException("grid " + grid + ": " + left.get(0) + " was left behind");
    }
    WholeFile.deleteFolder(home);
  }

  /** Everything that depends on neither time nor machine. */
  private static Map<String, String> checksums(Path results) {
    Map<String, String> checksums = new TreeMap<>();
    for (Path file : WholeFile.files(results)) {
      Path name = results.relativize(file);
      String top = name.getName(0).toString();
      boolean model = top.equals("models") && !name.endsWith("training.json");
      if (model || top.equals("scores") || top.equals("curves") || top.equals("results.csv")) {
        checksums.put(name.toString().replace('\\', '/'), Sha256.of(file));
      }
    }
    return checksums;
  }

  private Process start(Path home, int number) throws IOException {
    Files.createDirectories(home);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.add("run");
    command.addAll(experiment);
    command.addAll(List.of("--results", home.resolve("results").toString(), "--quiet"));
    command.addAll(List.of("--workers", String.valueOf(workers), "--checkpoint-seconds", "1"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put(CacheFolder.VARIABLE, home.resolve("cache").toString());
    return builder.redirectOutput(output(number).toFile()).start();
  }

  private Path output(int number) {
    return folder.resolve("output-" + number + ".txt");
  }

  private void requireDone(int code, int number) throws IOException {
    if (code != Main.DONE) {
      List<String> lines = Files.readAllLines(output(number));
      throw new TortureException(
          "a run ended with exit code "
              + code
              + ": "
              + (lines.isEmpty() ? "" : lines.get(lines.size() - 1)));
    }
  }
}
