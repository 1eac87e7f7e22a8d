package io.github.dyad.metric;

/** Told all pixels of a data set from the highest score to the lowest. */
interface Descent {
  /**
   * The next lower pixels, whose scores lie within a range. Where the order within the range
   * counts, {@code low} and {@code high} are one {@link ScoreKeys key}.
   *
   * @param low key of the lowest score they can have
   * @param high key of the highest score they can have
   * @param normal how many of them are normal
   * @param anomalous how many of them are anomalous
   * @param overlap what these add to the sum of the regions' overlaps: 1/size of its region for a
   *     pixel, 0 for one beyond its region's saturation
   */
  void step(int low, int high, long normal, long anomalous, double overlap);
}
