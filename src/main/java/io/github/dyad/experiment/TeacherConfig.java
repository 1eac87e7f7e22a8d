package io.github.dyad.experiment;

import io.github.dyad.teacher.PositionRule;

/**
 * Which frozen teacher is distilled.
 *
 * @param file an ONNX file, relative to the experiment file; or {@value #BUILTIN}, the small one
 *     that comes with Dyad
 * @param position how the checkpoint's position grid meets another image size (ALGORITHM.md,
 *     teacher)
 */
public record TeacherConfig(String file, PositionRule position) {
  public static final String BUILTIN = "builtin:dyad-tiny";

  public static final TeacherConfig DEFAULTS = new TeacherConfig(BUILTIN, PositionRule.GRAPH);
}
