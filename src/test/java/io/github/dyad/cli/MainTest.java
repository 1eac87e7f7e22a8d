package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MainTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"run", "plan"})
  void a_wrong_experiment_file_is_one_line_and_exit_code_2(String command) throws IOException {
    Path file = folder.resolve("x.yaml");
    Files.writeString(file, "base:\n  data.dataset: mvtec-ad\n  anomaly.fusion: noisyor\n");
    assertEquals(
        new Cli(
            2,
            "",
            "dyad: "
                + file
                + ":3: anomaly.fusion is \"noisyor\"; expected decoder, encoder, noisy-or, sum or"
                + " weighted. Did you mean \"noisy-or\"?\n"),
        Cli.dyad(command, file.toString()));
  }

  @Test
  void a_missing_file_is_one_line_and_exit_code_2() {
    assertEquals(
        new Cli(2, "", "dyad: nowhere.yaml: there is no such file\n"),
        Cli.dyad("run", "nowhere.yaml"));
  }

  @Test
  void a_wrong_option_is_exit_code_2_and_names_the_help() {
    Cli answer = Cli.dyad("run", "x.yaml", "--wrokers", "2");
    assertEquals(2, answer.exitCode());
    assertEquals("dyad: Unknown options: '--wrokers', '2'; see 'dyad run --help'\n", answer.err());
  }

  @Test
  void no_command_is_exit_code_2_and_help_and_version_are_0() {
    assertEquals(2, Cli.dyad().exitCode());
    assertEquals(0, Cli.dyad("--help").exitCode());
    Cli version = Cli.dyad("--version");
    assertEquals(0, version.exitCode());
    assertTrue(version.out().startsWith("dyad "), version.out());
    assertTrue(version.out().contains("commit "), version.out());
  }

  @Test
  void every_command_explains_itself() {
    for (String command : new picocli.CommandLine(Main.class).getSubcommands().keySet()) {
      Cli answer = Cli.dyad(command, "--help");
      assertEquals(0, answer.exitCode(), command);
      assertTrue(answer.out().contains("Usage: dyad " + command), answer.out());
    }
  }

  @Test
  void a_folder_without_manifest_cannot_be_verified() {
    Cli answer = Cli.dyad("verify", folder.toString());
    assertEquals(2, answer.exitCode());
    assertEquals(1, answer.err().lines().count(), answer.err());
  }

  @Test
  void a_changed_result_is_named_and_exit_code_1() throws IOException {
    Files.writeString(folder.resolve("results.csv"), "trial\n");
    Files.writeString(
        folder.resolve("manifest.json"), "{\"files\": {\"results.csv\": \"0\", \"../x\": \"0\"}}");
    Cli answer = Cli.dyad("verify", folder.toString());
    assertEquals(1, answer.exitCode());
    assertEquals(
        "results.csv is not as it was written; its checksum differs\n"
            + "../x lies outside the folder and was not opened\n",
        answer.out());
  }

  @Test
  void folders_inside_a_folder_are_verified_and_models_may_be_left_out() throws IOException {
    Path inside = Files.createDirectories(folder.resolve("one"));
    Files.createFile(inside.resolve("results.csv"));
    Files.writeString(
        inside.resolve("manifest.json"),
        """
        {"files": {
          "results.csv": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "models/k/weights.safetensors": "0"}}
        """);
    Files.createDirectory(folder.resolve("no-results"));
    Cli answer = Cli.dyad("verify", folder.toString());
    assertEquals(0, answer.exitCode());
    assertEquals(
        "one: 1 files are as they were written; 1 files of models are left out\n", answer.out());
    Files.createDirectory(inside.resolve("models"));
    answer = Cli.dyad("verify", folder.toString());
    assertEquals(1, answer.exitCode());
    assertEquals("one: models/k/weights.safetensors is missing\n", answer.out());
  }

  @Test
  void a_plan_without_the_images_still_tells_trials_and_shared_trainings() {
    Cli answer =
        Cli.dyad("plan", "--no-measure", "src/test/resources/experiments/table03-two-sets.yaml");
    assertEquals(0, answer.exitCode());
    assertTrue(
        answer.out().startsWith("24 trials, 204 rows\n24 trainings, 720 iterations"), answer.out());
    assertTrue(
        answer.out().contains("  fashion_encoder-last_s0  split A  training "), answer.out());
    assertTrue(answer.err().startsWith("dyad: not to be run yet: "), answer.err());
  }
}
