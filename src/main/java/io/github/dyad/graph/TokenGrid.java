package io.github.dyad.graph;

/**
 * The token sequence of one image: [class, registers, patches].
 *
 * @param registers R
 * @param gridHeight h, patch rows
 * @param gridWidth w, patches a row
 */
public record TokenGrid(int registers, int gridHeight, int gridWidth) {
  /** Class and register tokens: 1 + R. */
  public int prefix() {
    return 1 + registers;
  }

  /** Patch tokens: h·w. */
  public int patches() {
    return gridHeight * gridWidth;
  }

  /** All tokens of an image: N = 1 + R + h·w. */
  public int count() {
    return prefix() + patches();
  }
}
