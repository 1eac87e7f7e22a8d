package io.github.dyad.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig.ClassTokens;
import io.github.dyad.distillation.Objective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExperimentTest {
  static final Path TABLE_3 = Path.of("src/test/resources/experiments/table03-two-sets.yaml");

  @TempDir Path folder;

  private Experiment read(String yaml) throws IOException {
    Path file = folder.resolve("x.yaml");
    Files.writeString(file, yaml);
    return Experiment.read(file);
  }

  @Test
  void axes_multiply_and_the_first_varies_slowest() throws IOException {
    List<Trial> trials = Experiment.read(TABLE_3).trials(false);
    assertEquals(24, trials.size());
    assertEquals("fashion_encoder_s0", trials.get(0).name());
    assertEquals("fashion_encoder_s1", trials.get(1).name());
    assertEquals("parts_noisy-or-last_s1", trials.get(23).name());

    TrialConfig config = trials.get(23).config();
    assertEquals("mvtec-ad", config.data().dataset());
    assertEquals(2e-3, config.optimizer().learningRate());
    assertEquals(30, config.training().iterations());
    assertEquals(Objective.NOISY_OR, config.objective().objective());
    assertEquals(ClassTokens.LAST, config.anomaly().classTokens());
    assertEquals(1, config.training().seed());
    assertEquals(40, config.data().limitTrain());
  }

  @Test
  void smoke_overrides_everything_and_shortens_axes() {
    List<Trial> trials = Experiment.read(TABLE_3).trials(true);
    assertEquals(12, trials.size());
    for (Trial trial : trials) {
      assertEquals(3, trial.config().training().iterations());
      assertEquals(20, trial.config().data().limitTest());
    }
    assertEquals("table03-two-sets-smoke", Experiment.read(TABLE_3).resultsName(true));
  }

  @Test
  void six_rows_of_table_3_need_four_trainings() {
    List<String> keys =
        Experiment.read(TABLE_3).trials(false).stream()
            .filter(trial -> trial.name().matches("fashion_.*_s0"))
            .map(trial -> TrainingPart.of(trial.config(), "teacher", "images").key())
            .toList();
    assertEquals(6, keys.size());
    assertEquals(4, keys.stream().distinct().count());
    assertEquals(keys.get(0), keys.get(2)); // encoder and encoder-last
    assertEquals(keys.get(3), keys.get(5)); // noisy-or-all and noisy-or-last
  }

  @Test
  void a_file_without_axes_is_one_trial_of_its_own_name() throws IOException {
    assertEquals(
        List.of("x"),
        read("base: {data.dataset: d}").trials(false).stream().map(Trial::name).toList());
    assertEquals("y", read("name: y\nbase: {data.dataset: d}").trials(false).get(0).name());
  }

  @Test
  void names_tell_key_and_value_but_for_seeds_data_and_teachers() throws IOException {
    Experiment experiment =
        read(
            """
            vary:
              data.dataset: [builtin:small]
              teacher.file: [../models/dinov2-small.onnx]
              decoderStudent: {dropout: [0.4], tappedLayers: [[2, 3]]}
              training.seed: [7]
            """);
    assertEquals(
        "small_dinov2-small_dropout-0.4_tappedLayers-2+3_s7",
        experiment.trials(false).get(0).name());
  }

  @Test
  void a_preset_lies_beneath_base_and_variants() throws IOException {
    Experiment experiment =
        read(
            """
            base: {preset: paper-industrial, data.dataset: d, training.batchSize: 4}
            vary:
              which:
                - {name: ours}
                - {name: semantic, preset: paper-semantic}
                - {name: dinomaly, preset: dinomaly}
            """);
    List<Trial> trials = experiment.trials(false);
    assertEquals(2e-3, trials.get(0).config().optimizer().learningRate());
    assertEquals(448, trials.get(0).config().data().size().resize());
    assertEquals(50_000, trials.get(0).config().training().iterations());
    assertEquals(1e-4, trials.get(1).config().optimizer().learningRate());
    assertEquals(392, trials.get(1).config().data().size().resize());
    assertEquals(10_000, trials.get(2).config().training().iterations());
    assertEquals(Objective.DECODER_ONLY, trials.get(2).config().objective().objective());
    for (Trial trial : trials) {
      assertEquals(4, trial.config().training().batchSize());
    }
  }

  @Test
  void the_order_of_keys_and_dots_changes_no_key() throws IOException {
    TrialConfig one =
        read("base: {training: {seed: 1, iterations: 5}, data.dataset: d}")
            .trials(false)
            .get(0)
            .config();
    TrialConfig other =
        read("base:\n  data: {dataset: d}\n  training.iterations: 5\n  training: {seed: 1}")
            .trials(false)
            .get(0)
            .config();
    assertEquals(TrainingPart.of(one, "t", "i").key(), TrainingPart.of(other, "t", "i").key());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          anomaly.fusion: sum                                                | true
          anomaly.classTokens: all                                           | true
          features.keep: 'no'                                                | true
          data.masks: original                                               | true
          objective.objective: sum                                           | false
          training.seed: 1                                                   | false
          optimizer.learningRate: 1e-3                                       | false
          features.type: float16                                             | false
          data.size: {resize: 65, crop: 64}                                  | false
          graph.lowering: composed                                           | false
          teacher.position: dinomaly                                         | false
          decoderStudent.dropout: 0.4                                        | false
          objective: {objective: encoder-only}, anomaly.fusion: encoder      | false
          """)
  void a_key_changes_with_what_reaches_the_weights_alone(String change, boolean shared)
      throws IOException {
    String base = "base: {data.dataset: d";
    String key = TrainingPart.of(read(base + "}").trials(false).get(0).config(), "t", "i").key();
    String changed =
        TrainingPart.of(read(base + ", " + change + "}").trials(false).get(0).config(), "t", "i")
            .key();
    if (shared) {
      assertEquals(key, changed);
    } else {
      assertNotEquals(key, changed);
    }
  }

  @Test
  void options_of_a_student_that_is_not_trained_change_no_key() throws IOException {
    String encoderOnly =
        "base: {data.dataset: d, objective.objective: encoder-only, anomaly.fusion: encoder";
    assertEquals(
        TrainingPart.of(read(encoderOnly + "}").trials(false).get(0).config(), "t", "i"),
        TrainingPart.of(
            read(encoderOnly + ", decoderStudent.dropout: 0.4, objective.hardMining: false}")
                .trials(false)
                .get(0)
                .config(),
            "t",
            "i"));
  }

  @Test
  void teacher_and_images_are_part_of_the_key() {
    String key = TrainingPart.of(TrialConfig.DEFAULTS, "t", "i").key();
    assertNotEquals(key, TrainingPart.of(TrialConfig.DEFAULTS, "u", "i").key());
    assertNotEquals(key, TrainingPart.of(TrialConfig.DEFAULTS, "t", "j").key());
  }

  @Test
  void assumptions_name_what_is_not_at_its_default() throws IOException {
    assertEquals("default", Assumptions.of(TrialConfig.DEFAULTS));
    String base = "base: {data.dataset: d, training.seed: 3, optimizer.learningRate: 1e-3, ";
    assertEquals(
        "encoderStudent.layerScale=0.00001 objective.temperature=2.0"
            + " optimizer.learningRate=0.001 optimizer.clipping=per-student",
        Assumptions.of(
            read(base
                    + "objective.temperature: 2, optimizer.clipping: per-student,"
                    + " encoderStudent.layerScale: 1e-5}")
                .trials(false)
                .get(0)
                .config()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          bsae: {data.dataset: d}                                       | :1: unknown key bsae; expected name, base, vary, search or smoke. Did you mean "base"?
          training.seed: 1                                              | :1: unknown key training.seed; expected name, base, vary, search or smoke. Did you mean training.seed under base?
          base: {data.dataset: d,\\n  anomaly.fusion: noisyor}          | :2: anomaly.fusion is "noisyor"; expected decoder, encoder, noisy-or, sum or weighted. Did you mean "noisy-or"?
          base: {data.dataset: d}\\nvary: {training.sead: [1]}          | :2: unknown key training.sead. Did you mean training.seed?
          base: {data.dataset: d}\\nvary: {training.seed: 1}            | :2: vary.training.seed is "1"; expected a list of values, or the value under base
          base: {data.dataset: d}\\nvary: {training.seed: []}           | :2: vary.training.seed is an empty list
          base: {data.dataset: d}\\nvary: {training.seed: [1, 1]}       | :2: vary.training.seed holds s1 twice
          base: {data.dataset: d}\\nvary: {row: [{training.seed: 1}]}   | :2: every item of vary.row needs a name, as in {name: joint, objective.objective: noisy-or}
          base: {data.dataset: d}\\nvary: {row: [{name: a/b}]}          | :2: the name "a/b" stands in folder names; expected at most 60 letters, digits and . + -
          base: {data.dataset: d}\\nvary: {training.seed: [1]}\\nsmoke: {training.seed: 0} | :3: smoke sets training.seed, which is swept; expected a shorter list under smoke.vary
          base: {data.dataset: d}\\nvary: {training.seed: [1]}\\nsmoke: {vary: {trainin.seed: [0]}} | : smoke.vary names trainin.seed, which vary does not. Did you mean "training.seed"?
          base: {preset: paper-industrail, data.dataset: d}             | :1: preset is "paper-industrail"; expected paper-semantic, paper-industrial, measured-semantic, measured-industrial, dinomaly or mkd. Did you mean "paper-industrial"?
          base: {data.size: {resize: 10, crop: 20}, data.dataset: d}    | :1: data.size.crop is 20; expected at most data.size.resize, 10
          base: {training.seed: 1}                                      | : data.dataset is not given; see dyad data list
          base: {data.dataset: d, objective.objective: encoder-only}    | : trial x: anomaly.fusion is noisy-or, but objective.objective encoder-only trains one student only; expected anomaly.fusion encoder
          base: [1]                                                     | :1: base is a list; expected a section
          name: [1]                                                     | :1: name is a list; expected text
          """)
  void what_is_wrong_is_named_with_its_line(String yaml, String message) {
    InputException refused =
        assertThrows(InputException.class, () -> read(yaml.replace("\\n", "\n")));
    assertEquals(folder.resolve("x.yaml") + message, refused.getMessage());
  }

  @Test
  void a_grid_beyond_reason_is_refused() {
    String thousand =
        "["
            + String.join(
                ", ", java.util.stream.IntStream.range(0, 1000).mapToObj(String::valueOf).toList())
            + "]";
    InputException refused =
        assertThrows(
            InputException.class,
            () ->
                read(
                    "base: {data.dataset: d}\nvary: {training.seed: "
                        + thousand
                        + ", optimizer.warmupSteps: "
                        + thousand
                        + "}"));
    assertEquals(
        folder.resolve("x.yaml") + ": the axes multiply to more than 100000 trials",
        refused.getMessage());
  }
}
