package io.github.dyad.student;

import io.github.dyad.Require;

/**
 * The encoder student's free choices (ALGORITHM.md, encoder student).
 *
 * @param input what the first block reads; the paper's parameter counts fit only the teacher's
 *     frozen token embedding
 * @param layerScale initial value of the trainable LayerScale; 0: the blocks have none
 * @param initStd σ of the normal of the linear weights, cut at ±2 (in practice nowhere), DINOv2's
 *     own 0.02
 */
public record EncoderStudentConfig(Input input, double layerScale, double initStd) {
  public enum Input {
    TEACHER_EMBEDDING,
    OWN_EMBEDDING
  }

  public static final EncoderStudentConfig DEFAULTS =
      new EncoderStudentConfig(Input.TEACHER_EMBEDDING, 1, 0.02);

  public EncoderStudentConfig {
    Require.closed("encoderStudent.layerScale", layerScale, 0, 10);
    Require.positive("encoderStudent.initStd", initStd);
  }
}
