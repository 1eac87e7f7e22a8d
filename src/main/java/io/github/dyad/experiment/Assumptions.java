package io.github.dyad.experiment;

import io.github.dyad.data.ValidationLayout;
import io.github.dyad.experiment.yaml.RecordTree;
import io.github.dyad.student.Student;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * The readings of the paper that a trial takes (ALGORITHM.md, assumptions exposed as options), and
 * every other option that can reach weights or scores, so that equal rows were made alike. What has
 * a result column of its own is not repeated.
 */
final class Assumptions {
  private static final Set<String> ELSEWHERE =
      Set.of(
          "teacher.file",
          "data.dataset",
          "data.root",
          "data.setting",
          "data.splits",
          "data.size.crop",
          "data.size.resize",
          "data.fewShot",
          "data.knownAnomalies",
          "data.limitTrain",
          "data.limitTest",
          "features.keep",
          "method",
          "features.maxDiskGb",
          "objective.objective",
          "anomaly.fusion",
          "anomaly.classTokens",
          "metrics.pixel",
          "metrics.fprLimit",
          "metrics.sproFprLimit",
          "metrics.features",
          "metrics.extra",
          "training.iterations",
          "training.seed");

  /** What a method in the students' place does not read. */
  private static final List<String> OF_STUDENTS =
      List.of(
          "encoderStudent.", "decoderStudent.", "objective.", "optimizer.", "training.batchSize");

  private Assumptions() {}

  /** {@code key=value} of everything that is not at its default, or {@code default}. */
  static String of(TrialConfig config) {
    Map<String, Object> defaults = RecordTree.flat(TrialConfig.DEFAULTS);
    Map<String, Object> ours = RecordTree.flat(config);
    StringJoiner differing = new StringJoiner(" ");
    differing.setEmptyValue("default");
    ours.forEach(
        (key, value) -> {
          if (reaches(key, config) && !value.equals(defaults.get(key))) {
            differing.add(key + "=" + text(value));
          }
        });
    if (config.data().size().resize() != config.data().size().crop()) {
      differing.add("data.size.resize=" + config.data().size().resize());
    }
    return differing.toString();
  }

  private static boolean reaches(String key, TrialConfig config) {
    if (key.startsWith("options.")) {
      List<String> users = new ArrayList<>();
      config
          .datasetOptions()
          .ifPresent(own -> users.add(ValidationLayout.original(config.data().dataset())));
      if (config.otherMethod().isPresent()) {
        users.add(config.method());
      } else {
        users.add(config.anomaly().fusion().name());
        users.add(config.objective().objective().name());
      }
      config.metrics().extra().forEach(metric -> users.add(metric.name()));
      return users.stream().anyMatch(user -> key.startsWith("options." + user + "."));
    }
    boolean trains = config.otherMethod().filter(Student.class::isInstance).isPresent();
    boolean ofStudents =
        OF_STUDENTS.stream().anyMatch(key::startsWith)
            && !key.equals("decoderStudent.tappedLayers")
            && !(trains && (key.startsWith("optimizer.") || key.startsWith("training.")));
    return !ELSEWHERE.contains(key) && !(ofStudents && config.otherMethod().isPresent());
  }

  private static String text(Object value) {
    return value instanceof Double number
        ? io.github.dyad.experiment.store.Decimals.shortest(number)
        : value.toString().replace(" ", "");
  }
}
