package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {
  @TempDir Path folder;

  private Cli plan(String yaml, String... options) throws IOException {
    Path file = Files.writeString(folder.resolve("table14.yaml"), yaml);
    String[] args = new String[options.length + 2];
    args[0] = "plan";
    args[1] = file.toString();
    System.arraycopy(options, 0, args, 2, options.length);
    Cli answer = Cli.dyad(args);
    assertEquals(0, answer.exitCode(), answer.err());
    return answer;
  }

  @Test
  void data_that_is_not_there_is_planned_as_published() throws IOException {
    Cli answer =
        plan(
            """
            base: {data: {dataset: mvtec-ad, root: missing}, training.iterations: 50000}
            vary: {anomaly.classTokens: [last, all]}
            """,
            "--no-measure");
    assertTrue(
        answer.out().startsWith("2 trials, 30 rows\n1 trainings, 50,000 iterations\n"),
        answer.out());
    assertTrue(answer.out().contains("  3629 training images\n"), answer.out());
    assertTrue(answer.out().contains("published only: "), answer.out()); // Table 14's other methods
    assertTrue(
        answer.err().contains("mvtec-ad is not in " + folder.resolve("missing")), answer.err());
  }

  @Test
  void single_class_real_iad_has_thirty_trainings() throws IOException {
    Cli answer =
        plan(
            "base: {data: {dataset: real-iad, root: missing, setting: single-class}}",
            "--no-measure");
    assertTrue(answer.out().startsWith("1 trials, 30 rows\n30 trainings, "), answer.out());
  }

  @Test
  void a_teacher_whose_name_says_no_shape_leaves_the_outline() throws IOException {
    Cli answer = plan("base: {teacher.file: mine.onnx, data: {dataset: mvtec-ad, root: missing}}");
    assertTrue(answer.out().startsWith("1 trials\n1 trainings, "), answer.out());
    assertTrue(answer.err().contains("its name says no shape"), answer.err());
  }

  @Tag("slow")
  @Test
  void a_teacher_that_is_not_there_is_measured_with_the_shape_of_its_name() throws IOException {
    Cli answer =
        plan(
            """
            base:
              teacher.file: dinov2-with-registers-small.onnx
              data: {dataset: cifar-10, root: missing, size: {resize: 56, crop: 56}, splits: [A]}
              training.iterations: 1000
              features.keep: no
            """);
    assertTrue(answer.err().contains("12 blocks of width 384, 4 registers"), answer.err());
    assertTrue(answer.out().contains("small.onnx at 56 px, "), answer.out());
    assertTrue(answer.out().contains("memory: about "), answer.out());
    assertTrue(answer.out().contains("disk: about 0 MB of kept features, "), answer.out());
    assertTrue(answer.out().contains("time: about "), answer.out());
    assertTrue(
        Pattern.compile("\ncifar-10 +1 +[0-9.]+ +[0-9.]+ [MG]B +0 MB +[0-9.]+ [MG]B\n")
            .matcher(answer.out())
            .find(),
        answer.out());
  }
}
