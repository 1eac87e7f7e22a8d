package io.github.dyad.supply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/licences.csv} lists the default build's libraries: all of them, and no other. */
final class LicencesTest {
  private static final Set<String> ACCEPTED =
      Set.of("Apache-2.0", "MIT", "BSD-3-Clause", "EPL-1.0");

  /** Of the tests alone; they are not part of what is passed on. */
  private static final Pattern TEST_ONLY =
      Pattern.compile(
          "(junit|opentest4j|apiguardian|archunit|surefire|maven|plexus|common-java5|univocity).*");

  private record Library(String group, String artifact, String version, String licence) {}

  private static List<Library> listed() throws IOException {
    return Files.readAllLines(Path.of("docs/licences.csv")).stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .map(cells -> new Library(cells[0], cells[1], cells[2], cells[3]))
        .toList();
  }

  @Test
  void every_library_has_a_licence_that_may_be_chosen_and_is_no_gpl() throws IOException {
    for (Library library : listed()) {
      assertTrue(
          Arrays.stream(library.licence.split(" OR ")).anyMatch(ACCEPTED::contains),
          library.toString());
    }
  }

  @Test
  void the_list_is_the_class_path() throws IOException {
    assumeTrue(
        Stream.of(
                "org/apache/spark/SparkConf",
                "org/openjdk/jmh/Main",
                "io/vertx/core/Vertx",
                "org/nd4j/linalg/jcublas/JCublasBackend")
            .noneMatch(c -> getClass().getResource("/" + c + ".class") != null),
        "a profile's libraries are not those of the default build");
    Set<String> expected = new TreeSet<>();
    for (Library library : listed()) {
      expected.add(library.artifact + "-" + library.version);
    }
    Set<String> found = new TreeSet<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path jar = Path.of(entry);
      String name = jar.getFileName().toString();
      if (name.endsWith(".jar") && !TEST_ONLY.matcher(name).matches()) {
        found.add(artifact(jar, name));
      }
    }
    assertEquals(expected, found);
  }

  /** The repository's folders are artifact and version; the file may have a classifier behind. */
  private static String artifact(Path jar, String name) {
    String version = jar.getParent().getFileName().toString();
    String artifact = jar.getParent().getParent().getFileName().toString();
    String both = artifact + "-" + version;
    return name.startsWith(both) ? both : name;
  }
}
