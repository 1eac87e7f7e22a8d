package io.github.dyad.experiment;

/**
 * Which frozen teacher is distilled.
 *
 * @param file an ONNX file, relative to the experiment file; or {@value #BUILTIN}, the small one
 *     that comes with Dyad
 * @param position how the checkpoint's position grid meets another image size (ALGORITHM.md,
 *     teacher)
 */
public record TeacherConfig(String file, Position position) {
  public static final String BUILTIN = "builtin:dyad-tiny";

  public enum Position {
    /** As the ONNX graph says. */
    GRAPH,
    /** As the Dinomaly code: no antialias, scale factor (n + 0.1) / grid. */
    DINOMALY
  }

  public static final TeacherConfig DEFAULTS = new TeacherConfig(BUILTIN, Position.GRAPH);
}
