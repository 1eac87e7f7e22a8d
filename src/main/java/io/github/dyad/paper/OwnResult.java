package io.github.dyad.paper;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A result of one's own, as a row of {@code results.csv} holds it. A text is empty and a number
 * absent where the row does not say.
 *
 * @param trial name of the trial
 * @param dataset id of the data set
 * @param setting {@code multi-class} or {@code single-class}
 * @param split split, class or category, or {@code mean}
 * @param method a method of the tables ({@code KNN}), or empty for the paper's own
 * @param students {@code encoder}, {@code decoder} or {@code both}
 * @param classTokens {@code last} or {@code all}
 * @param objective {@code noisy-or}, {@code sum}, {@code encoder-only} or {@code decoder-only}
 * @param fusion {@code noisy-or}, {@code sum}, {@code encoder} or {@code decoder}
 * @param seed as a text: only its being another one counts
 * @param iterations optimizer steps
 * @param parameters of teacher and trained students
 * @param crop side of the teacher's images in pixels
 * @param teacher name of its file
 * @param assumptions {@code key=value} of readings that are not the default
 * @param fewShot normal training images per class, 0: all
 * @param knownAnomalies share of the anomalous test images that were trained on
 * @param limited the training or the test images were limited
 * @param metrics fractions in [0, 1] by the name of their column
 * @param extra metrics of one's own, any numbers, by the name of their column
 */
public record OwnResult(
    String trial,
    String dataset,
    String setting,
    String split,
    String method,
    String students,
    String classTokens,
    String objective,
    String fusion,
    String seed,
    OptionalLong iterations,
    OptionalLong parameters,
    OptionalLong crop,
    String teacher,
    String assumptions,
    long fewShot,
    double knownAnomalies,
    boolean limited,
    Map<String, Double> metrics,
    Map<String, Double> extra) {

  public OwnResult {
    metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
    extra = Collections.unmodifiableMap(new TreeMap<>(extra));
  }

  /** Whether the assumptions name this. */
  boolean assumes(String keyAndValue) {
    return Arrays.asList(assumptions.split(" ")).contains(keyAndValue);
  }

  boolean isMean() {
    return split.equals(PaperTable.MEAN);
  }

  /** The trial's name without its seed: what the trials of several seeds have in common. */
  String series() {
    String part = "(^|[_-])s(eed)?-?" + Pattern.quote(seed) + "(?=[_-]|$)";
    return seed.isEmpty() ? trial : trial.replaceFirst(part, "").replaceFirst("^[_-]", "");
  }

  /** What results of several seeds have in common. */
  OwnResult withoutSeed() {
    return new OwnResult(
        series(),
        dataset,
        setting,
        split,
        method,
        students,
        classTokens,
        objective,
        fusion,
        "",
        iterations,
        parameters,
        crop,
        teacher,
        assumptions,
        fewShot,
        knownAnomalies,
        limited,
        Map.of(),
        Map.of());
  }
}
