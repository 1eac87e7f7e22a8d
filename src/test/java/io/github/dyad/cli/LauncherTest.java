package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a copy of the project that has these very classes as its build. */
@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {
  /** The JVM's own notice of the Vector API's module, which no option silences. */
  private static final String INCUBATOR = "WARNING: Using incubator modules: jdk.incubator.vector";

  @TempDir Path temporary;
  private Path home;

  private record Answer(int exitCode, String out, List<String> err) {}

  @BeforeEach
  void make_a_project() throws IOException {
    home = temporary.resolve("a project");
    Files.createDirectories(home.resolve("src/main/java"));
    Files.createDirectories(home.resolve("target"));
    Files.copy(Path.of("dyad"), home.resolve("dyad"));
    Files.setPosixFilePermissions(
        home.resolve("dyad"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(home.resolve("pom.xml"), "<project/>");
    Files.writeString(home.resolve("src/main/java/X.java"), "class X {}");
    Files.writeString(home.resolve("target/classpath.txt"), System.getProperty("java.class.path"));
    try (OutputStream out = Files.newOutputStream(home.resolve("target/dyad.jar"))) {
      new JarOutputStream(out).finish();
    }
    Files.setLastModifiedTime(
        home.resolve("target/dyad.jar"), FileTime.from(Instant.now().plusSeconds(60)));
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    program(bin.resolve("mvn"), "echo \"mvn in $(pwd): $*\" >&2; exit 1");
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Answer start(Path launcher, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(temporary.toFile());
    Map<String, String> all = new TreeMap<>(environment);
    all.put("PATH", temporary.resolve("bin") + ":" + System.getenv("PATH"));
    all.putIfAbsent("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().keySet().removeIf(key -> key.startsWith("DYAD_"));
    builder.environment().putAll(all);
    Path err = temporary.resolve("err.txt");
    builder.redirectError(err.toFile());
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    List<String> lines = new ArrayList<>(Files.readAllLines(err));
    lines.remove(INCUBATOR);
    return new Answer(code, out, lines);
  }

  @Test
  void it_runs_from_another_folder_and_through_links() throws Exception {
    Path link = Files.createDirectory(temporary.resolve("other")).resolve("link");
    Files.createSymbolicLink(link, Path.of("../first"));
    Files.createSymbolicLink(temporary.resolve("first"), home.resolve("dyad"));
    Answer answer = start(link, Map.of(), "--version");
    assertEquals(List.of(), answer.err);
    assertEquals(0, answer.exitCode);
    assertTrue(answer.out.startsWith("dyad "), answer.out);
  }

  @Test
  void arguments_and_jvm_options_arrive_as_they_are() throws Exception {
    Answer answer =
        start(
            home.resolve("dyad"),
            Map.of("DYAD_JAVA_OPTS", "-Xmx200m -XX:+PrintCommandLineFlags"),
            "run",
            "no such file.yaml");
    assertEquals(List.of("dyad: no such file.yaml: there is no such file"), answer.err);
    assertEquals(2, answer.exitCode);
    assertTrue(answer.out.contains("MaxHeapSize=209715200"), answer.out);
  }

  @Test
  void a_machine_without_avx2_is_told_in_one_line() throws Exception {
    Path file = temporary.resolve("x.yaml");
    Files.writeString(file, "base: {data.dataset: builtin:fashion-mnist-small}");
    Answer answer =
        start(
            home.resolve("dyad"), Map.of("DYAD_JAVA_OPTS", "-XX:UseAVX=1"), "run", file.toString());
    assertEquals(2, answer.exitCode);
    assertEquals(1, answer.err.size(), answer.err.toString());
    assertTrue(answer.err.get(0).contains("AVX2"), answer.err.toString());
    assertEquals("", answer.out);
  }

  @Test
  void an_old_java_is_told_in_one_line() throws Exception {
    Path java = Files.createDirectories(temporary.resolve("jdk-11/bin")).resolve("java");
    program(java, "echo '    java.specification.version = 11' >&2");
    Answer answer =
        start(
            home.resolve("dyad"),
            Map.of("JAVA_HOME", temporary.resolve("jdk-11").toString()),
            "--version");
    assertEquals(2, answer.exitCode);
    assertEquals(1, answer.err.size(), answer.err.toString());
    assertTrue(answer.err.get(0).startsWith("dyad: Java 17 or later"), answer.err.toString());
  }

  @Test
  void it_builds_when_sources_are_newer_or_the_jar_is_missing() throws Exception {
    assertFalse(start(home.resolve("dyad"), Map.of(), "--version").err.toString().contains("mvn"));
    Files.setLastModifiedTime(
        home.resolve("src/main/java/X.java"), FileTime.from(Instant.now().plusSeconds(120)));
    Answer stale = start(home.resolve("dyad"), Map.of(), "--version");
    assertTrue(stale.err.toString().contains("mvn in " + home), stale.err.toString());
    assertEquals(1, stale.exitCode);

    assertFalse(
        Files.exists(home.resolve("target/dyad.jar")),
        "taken away, not written over: a Dyad that runs has it open");
    Answer missing = start(home.resolve("dyad"), Map.of(), "--version");
    assertTrue(missing.err.toString().contains("mvn in " + home), missing.err.toString());
  }

  @Test
  void a_jar_that_cannot_be_used_is_told_in_one_line() throws Exception {
    Path jar = temporary.resolve("broken.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("META-INF/services/io.github.dyad.data.DatasetLayout"));
      out.write("mine.Missing\n".getBytes(StandardCharsets.UTF_8));
    }
    Path file = Files.writeString(temporary.resolve("x.yaml"), "base: {data.dataset: folders}");
    Answer answer =
        start(
            home.resolve("dyad"), Map.of("DYAD_CLASSPATH", jar.toString()), "run", file.toString());
    assertEquals(2, answer.exitCode(), answer.err().toString());
    assertEquals(1, answer.err.size(), answer.err.toString());
    assertTrue(answer.err.get(0).contains("mine.Missing"), answer.err.toString());
  }

  @Test
  @Tag("slow")
  void a_third_partys_classes_in_a_jar_of_their_own_appear_in_a_grid() throws Exception {
    Path jar = temporary.resolve("mine.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      packReadme(0, "Prototype", "method.Method", out);
      packReadme(1, "FprAtRecall", "metric.Metric", out);
      packReadme(2, "WorseStudent", "distillation.Objective", out);
      packOutside("Stripes", "data.DatasetLayout", out);
      packOutside("OneBlock", "student.Student", out);
      packOutside("Larger", "anomaly.Fusion", out);
    }
    Path experiment =
        Files.writeString(
            temporary.resolve("mine.yaml"),
            """
            base:
              data: {dataset: "builtin:made-parts", size: {resize: 32, crop: 32}}
              metrics: {pixel: false, extra: [fpr-at-recall]}
              options.fpr-at-recall.recall: 0.8
              training.iterations: 2
            vary:
              row:
                - {name: knn, method: knn}
                - {name: prototype, method: prototype, options.prototype.power: 1}
                - {name: worse, objective.objective: worse-student, options.worse-student.sharpness: 2}
                - {name: larger, anomaly.fusion: larger}
                - {name: one-block, method: one-block, options.one-block.from: 3}
                - {name: narrow, method: prototype, data.dataset: stripes, options.stripes.period: 3}
                - {name: wide, method: prototype, data.dataset: stripes}
            smoke: {data: {limitTrain: 40, limitTest: 20}}
            """);
    Path results = temporary.resolve("results");
    Map<String, String> environment = Map.of("DYAD_CLASSPATH", jar.toString());
    String[] run = {
      "run", experiment.toString(), "--smoke", "--quiet", "--results", results.toString()
    };
    Answer answer = start(home.resolve("dyad"), environment, run);
    assertEquals(0, answer.exitCode, answer.err.toString());
    String rows = Files.readString(results.resolve("results.csv"));
    assertTrue(rows.contains("\nprototype,"), rows);
    assertTrue(rows.contains(",prototype,"), rows);
    assertTrue(rows.contains("options.prototype.power=1.0"), rows);
    assertTrue(rows.lines().findFirst().orElseThrow().endsWith(",fpr_at_recall"), rows);
    assertTrue(rows.contains("options.fpr-at-recall.recall=0.8"), rows);
    assertTrue(rows.contains(",both,last,worse-student,noisy-or,"), rows);
    assertTrue(rows.contains("options.worse-student.sharpness=2.0"), rows);
    assertTrue(rows.contains(",both,last,noisy-or,larger,"), rows);
    assertTrue(rows.contains(",one-block,"), rows);
    assertTrue(rows.contains("options.one-block.from=3"), rows);
    assertTrue(rows.contains("\nnarrow,stripes,"), rows);
    assertTrue(rows.contains("options.stripes.period=3"), rows);
    try (Stream<Path> models = Files.list(results.resolve("models"))) {
      assertEquals(7, models.count(), "two of stripes, which differ in its option alone");
    }
    Answer reported =
        start(home.resolve("dyad"), environment, "report", results.toString(), "--quiet");
    assertEquals(0, reported.exitCode(), reported.err().toString());
    Answer compared = start(home.resolve("dyad"), environment, "compare", results + "/results.csv");
    assertTrue(compared.out.contains("fpr_at_recall"), compared.out);
    String search =
        Files.readString(experiment)
                .replaceAll("(?s)vary:.*smoke:", "smoke:")
                .replace("\"builtin:made-parts\"", "stripes")
            + """
            search: {trials: 2, space: {options.stripes.period: [3, 5]}, validation: {share: 0.3}}
            """;
    Path searched = Files.writeString(temporary.resolve("search.yaml"), search);
    Answer found =
        start(
            home.resolve("dyad"),
            environment,
            "search",
            searched.toString(),
            "--smoke",
            "--results",
            temporary.resolve("searched").toString());
    assertEquals(0, found.exitCode(), found.err().toString());
    assertTrue(found.out.contains("options.stripes.period"), found.out);
    Answer verified = start(home.resolve("dyad"), environment, "verify", results.toString());
    assertEquals(0, verified.exitCode, verified.out);

    Answer without = start(home.resolve("dyad"), Map.of(), run);
    assertEquals(2, without.exitCode);
    assertTrue(without.err.get(0).contains("fpr-at-recall"), without.err.toString());
    Answer untaken = start(home.resolve("dyad"), Map.of(), "verify", results.toString());
    assertEquals(1, untaken.exitCode);
    assertTrue(untaken.out.contains("cannot be taken again"), untaken.out);
  }

  /** A class of the README as it stands there. */
  private void packReadme(int block, String name, String kind, JarOutputStream jar)
      throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    pack(SourceCompiler.blocks(readme, "```java", "```").get(block), name, kind, jar);
  }

  private void packOutside(String name, String kind, JarOutputStream jar) throws IOException {
    Path file = Path.of("src/test/resources/outside", name + ".java");
    pack(Files.readString(file), name, kind, jar);
  }

  /** Compiles a class and packs it, and those inside it, with its service file. */
  private void pack(String source, String name, String kind, JarOutputStream jar)
      throws IOException {
    Path file = Files.createDirectories(temporary.resolve("mine")).resolve(name + ".java");
    SourceCompiler.compile(Files.writeString(file, source), temporary.resolve("classes"));
    try (DirectoryStream<Path> classes =
        Files.newDirectoryStream(temporary.resolve("classes/mine"), name + "*.class")) {
      for (Path compiled : classes) {
        jar.putNextEntry(new JarEntry("mine/" + compiled.getFileName()));
        jar.write(Files.readAllBytes(compiled));
      }
    }
    jar.putNextEntry(new JarEntry("META-INF/services/io.github.dyad." + kind));
    jar.write(("mine." + name + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
