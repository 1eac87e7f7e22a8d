package io.github.dyad.distillation;

import io.github.dyad.graph.Lowering;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.EncoderStudentConfig;
import io.github.dyad.teacher.PositionRule;

/**
 * Everything but teacher and images that decides the weights of a training.
 *
 * @param halfFeatures the teacher's features are rounded to half precision
 */
public record TrainingOptions(
    PositionRule position,
    EncoderStudentConfig encoderStudent,
    DecoderStudentConfig decoderStudent,
    ObjectiveConfig objective,
    OptimizerConfig optimizer,
    TrainingConfig training,
    Lowering lowering,
    boolean halfFeatures) {}
