package io.github.dyad.experiment;

import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.distillation.ObjectiveConfig;
import io.github.dyad.distillation.OptimizerConfig;
import io.github.dyad.distillation.TrainingConfig;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.EncoderStudentConfig;

/**
 * Everything that an experiment file can say about one trial: the sections of the file, and the
 * keys in them, are the components of these records.
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
    GraphConfig graph) {

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
          GraphConfig.DEFAULTS);
}
