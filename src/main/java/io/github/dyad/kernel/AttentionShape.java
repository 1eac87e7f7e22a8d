package io.github.dyad.kernel;

/**
 * Sizes of one image's multi-head attention. Its q, k and v lie in rows of 3·width, one per token:
 * q of head h from column h·headWidth on, k from width + h·headWidth, v from 2·width + h·headWidth.
 * Its output has rows of width, heads side by side.
 *
 * @param tokens N, rows of an image
 * @param width D, a multiple of heads
 * @param heads H
 */
public record AttentionShape(int tokens, int width, int heads) {
  private static final int ROW_MULTIPLE = 16; // the widest vector

  public AttentionShape {
    if (tokens < 1 || heads < 1 || width < heads || width % heads != 0) {
      throw new IllegalArgumentException(
          "attention of " + tokens + " tokens, width " + width + ", " + heads + " heads");
    }
  }

  /** d = D/H. */
  public int headWidth() {
    return width / heads;
  }

  int qkvStride() {
    return 3 * width;
  }

  int query(int at, int head, int token) {
    return at + token * qkvStride() + head * headWidth();
  }

  int key(int at, int head) {
    return at + width + head * headWidth();
  }

  int value(int at, int head) {
    return at + 2 * width + head * headWidth();
  }

  int output(int at, int head, int token) {
    return at + token * width + head * headWidth();
  }

  /** Distance of the rows of scores: room for whole vectors. */
  int scoreStride() {
    return roundUp(tokens);
  }

  static int roundUp(int count) {
    return (count + ROW_MULTIPLE - 1) / ROW_MULTIPLE * ROW_MULTIPLE;
  }
}
