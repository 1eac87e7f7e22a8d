package io.github.dyad.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.dyad.data.ValidationLayout;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.Trial;
import io.github.dyad.experiment.TrialConfig;
import io.github.dyad.experiment.store.WholeFile;
import io.github.dyad.experiment.yaml.RecordTree;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * {@code best.yaml} in the results folder: the best candidate as an experiment, judged on the test
 * images at last. It says everything that is not at its default.
 */
final class BestFile {
  static final String NAME = "best.yaml";

  private static final YAMLMapper YAML =
      new YAMLMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .build());

  private BestFile() {}

  static void write(
      Path file,
      Experiment experiment,
      boolean smoke,
      Trial trial,
      CandidateResult best,
      CandidateResult base,
      SearchConfig config) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", experiment.resultsName(smoke) + "-best");
    tree.put("base", base(file, experiment, trial.config()));
    Map<String, Object> quick = new LinkedHashMap<>();
    put(quick, "training.iterations", 2);
    put(quick, "data.limitTrain", 40);
    put(quick, "data.limitTest", 40);
    tree.put("smoke", quick);
    WholeFile.write(file, header(experiment, smoke, best, base, config) + yaml(tree));
  }

  private static String header(
      Experiment experiment,
      boolean smoke,
      CandidateResult best,
      CandidateResult base,
      SearchConfig config) {
    String score = config.scoreColumn();
    return String.format(
        Locale.ROOT,
        """
        # The best candidate of the search %s, %s, by its %s on the validation split: %.4f (the base: %.4f).
        # Run: ./dyad run %s      Smoke: add --smoke
        # Expect: one row on test images, which the search has not seen.
        """,
        experiment.resultsName(smoke),
        best.trial(),
        score,
        best.score(),
        base.score(),
        NAME);
  }

  /** What differs from the defaults; paths are seen from the file that is written. */
  private static Map<String, Object> base(Path file, Experiment experiment, TrialConfig config) {
    Map<String, Object> ours = RecordTree.flat(config);
    Map<String, Object> defaults = RecordTree.flat(TrialConfig.DEFAULTS);
    Map<String, Object> base = new LinkedHashMap<>();
    ours.forEach(
        (key, value) -> {
          Object written = seenFrom(file, experiment, key, value);
          if (!written.equals(defaults.get(key))) {
            put(base, key, written);
          }
        });
    return base;
  }

  private static Object seenFrom(Path file, Experiment experiment, String key, Object value) {
    return switch (key) {
      case "data.dataset" -> ValidationLayout.original(value.toString());
      case "metrics.pixel" -> experiment.trials(false).get(0).config().metrics().pixel();
      case "data.root" -> path(file, experiment, value.toString());
      case "teacher.file" ->
          value.toString().startsWith("builtin:")
              ? value
              : path(file, experiment, value.toString());
      default -> value;
    };
  }

  /** Relative where the disk allows it, so that a project may move as a whole. */
  private static String path(Path file, Experiment experiment, String path) {
    if (path.isEmpty() || Path.of(path).isAbsolute()) {
      return path;
    }
    Path target = experiment.resolve(path);
    Path folder = file.toAbsolutePath().normalize().getParent();
    Path seen = target.getRoot().equals(folder.getRoot()) ? folder.relativize(target) : target;
    return seen.toString().replace('\\', '/');
  }

  @SuppressWarnings("unchecked") // only maps stand at inner keys
  private static void put(Map<String, Object> tree, String dotted, Object value) {
    int dot = dotted.indexOf('.');
    if (dot < 0) {
      tree.put(dotted, value);
      return;
    }
    Object section = tree.computeIfAbsent(dotted.substring(0, dot), name -> new LinkedHashMap<>());
    put((Map<String, Object>) section, dotted.substring(dot + 1), value);
  }

  private static String yaml(Map<String, Object> tree) {
    try {
      return YAML.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, lists, numbers and texts are YAML", e);
    }
  }
}
