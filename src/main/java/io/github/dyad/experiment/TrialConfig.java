package io.github.dyad.experiment;

import io.github.dyad.Extension;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.Fusion;
import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.ValidationLayout;
import io.github.dyad.distillation.Objective;
import io.github.dyad.distillation.ObjectiveConfig;
import io.github.dyad.distillation.OptimizerConfig;
import io.github.dyad.distillation.TrainingConfig;
import io.github.dyad.method.Method;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.EncoderStudentConfig;
import io.github.dyad.student.Student;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that an experiment file can say about one trial: the sections of the file, and the
 * keys in them, are the components of these records.
 *
 * @param method {@code distillation}, or the name of a {@link Method} or a {@link Student}: then
 *     the paper's students, objective and fusion do not count
 * @param options of each {@link io.github.dyad.Extension}, by its name
 */
public record TrialConfig(
    TeacherConfig teacher,
    DataConfig data,
    FeaturesConfig features,
    EncoderStudentConfig encoderStudent,
    DecoderStudentConfig decoderStudent,
    ObjectiveConfig objective,
    OptimizerConfig optimizer,
    TrainingConfig training,
    AnomalyConfig anomaly,
    MetricsConfig metrics,
    GraphConfig graph,
    String method,
    Map<String, Record> options) {

  public static final TrialConfig DEFAULTS =
      new TrialConfig(
          TeacherConfig.DEFAULTS,
          DataConfig.DEFAULTS,
          FeaturesConfig.DEFAULTS,
          EncoderStudentConfig.DEFAULTS,
          DecoderStudentConfig.DEFAULTS,
          ObjectiveConfig.DEFAULTS,
          OptimizerConfig.DEFAULTS,
          TrainingConfig.DEFAULTS,
          AnomalyConfig.DEFAULTS,
          MetricsConfig.DEFAULTS,
          GraphConfig.DEFAULTS,
          Methods.DISTILLATION,
          Methods.defaultOptions());

  public TrialConfig {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    Methods.find(method, options);
    if (options.get(anomaly.fusion().name()) instanceof Fusion fusion) {
      anomaly = anomaly.withFusion(fusion);
    }
    if (options.get(objective.objective().name()) instanceof Objective own) {
      objective = objective.withObjective(own);
    }
    metrics = metrics.withExtra(Methods.withOptions(metrics.extra(), options));
  }

  /** The method that takes the students' place; empty for the distillation. */
  Optional<Extension> otherMethod() {
    return Methods.find(method, options);
  }

  /** The data set's own options; empty where it has none. */
  Optional<Record> datasetOptions() {
    Record own = options.get(ValidationLayout.original(data.dataset()));
    return own instanceof DatasetLayout ? Optional.of(own) : Optional.empty();
  }
}
