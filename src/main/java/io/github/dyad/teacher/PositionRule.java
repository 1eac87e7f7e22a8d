package io.github.dyad.teacher;

/**
 * How position embeddings are resampled to another grid (ALGORITHM.md, option {@code position}).
 */
public enum PositionRule {
  /** Follow what the ONNX graph says; see {@link PositionGrid#resample}. */
  GRAPH,
  /**
   * As the Dinomaly code does: bicubic a = −0.75 without antialias, scale factor (h + 0.1) / grid.
   */
  DINOMALY
}
