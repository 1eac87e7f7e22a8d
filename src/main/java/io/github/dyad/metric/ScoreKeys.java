package io.github.dyad.metric;

/** Floats as integers in the same order, so that they can be sorted by their digits. */
final class ScoreKeys {
  /** Below the key of every number, −∞ included. */
  static final int BELOW_ALL = Integer.MIN_VALUE;

  private ScoreKeys() {}

  /** Keys compare as the scores do; −0 and 0 have one key. The score is not NaN. */
  static int of(float score) {
    return flip(Float.floatToRawIntBits(score + 0.0f)); // −0 + 0 is 0
  }

  /** The score of a key. */
  static float score(int key) {
    return Float.intBitsToFloat(flip(key));
  }

  /** The largest key whose score is at most the threshold. */
  static int atMost(double threshold) {
    float nearest = (float) threshold;
    return of(nearest > threshold ? Math.nextDown(nearest) : nearest);
  }

  /** Negative floats rise with falling bits below the sign; the map is its own inverse. */
  private static int flip(int bits) {
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }
}
