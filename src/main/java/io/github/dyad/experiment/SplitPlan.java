package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.data.Domain;
import io.github.dyad.data.SemanticSplits;
import io.github.dyad.data.Setting;
import io.github.dyad.data.SplitRequest;
import io.github.dyad.experiment.yaml.Nearest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Which models a data section asks for, by name: the splits A to D of the paper's Appendix C.1, one
 * class or category each, or one model for everything.
 */
final class SplitPlan {
  /** The model of a multi-class industrial trial; its rows are the categories. */
  static final String ALL = "all";

  private SplitPlan() {}

  /**
   * @param categories classes or categories in the data set's official order
   * @param seed decides which images few shots, known anomalies and limits take
   */
  static Map<String, SplitRequest> of(
      DataConfig data, Domain domain, List<String> categories, long seed) {
    if (domain == Domain.INDUSTRIAL) {
      if (!data.normalClasses().isEmpty()) {
        throw new InputException(
            "data.normalClasses is for semantic data; "
                + data.dataset()
                + " has categories, which data.splits names");
      }
      List<String> wanted = wanted(data, categories);
      return data.setting() == Setting.MULTI_CLASS
          ? Map.of(ALL, industrial(data, data.splits(), seed))
          : each(wanted, name -> industrial(data, List.of(name), seed));
    }
    if (data.setting() == Setting.SINGLE_CLASS) {
      if (!data.normalClasses().isEmpty()) {
        throw new InputException(
            "data.normalClasses is for the multi-class setting; single-class takes each of"
                + " data.splits as the normal class in turn");
      }
      return each(wanted(data, categories), name -> semantic(data, Set.of(name), seed));
    }
    if (!data.normalClasses().isEmpty()) {
      return Map.of(
          String.join("+", data.normalClasses()),
          semantic(data, new LinkedHashSet<>(data.normalClasses()), seed));
    }
    return each(
        wanted(data, SemanticSplits.NAMES),
        name -> semantic(data, SemanticSplits.of(data.dataset(), name), seed));
  }

  /** The known names that are asked for, in their own order. */
  private static List<String> wanted(DataConfig data, List<String> known) {
    for (String split : data.splits()) {
      if (!known.contains(split)) {
        throw new InputException(
            "data.splits names \""
                + split
                + "\", which "
                + data.dataset()
                + " does not have; expected of "
                + String.join(", ", known)
                + "."
                + Nearest.question(split, known));
      }
    }
    return data.splits().isEmpty()
        ? known
        : known.stream().filter(data.splits()::contains).toList();
  }

  private static Map<String, SplitRequest> each(
      List<String> names, Function<String, SplitRequest> request) {
    Map<String, SplitRequest> requests = new LinkedHashMap<>();
    names.forEach(name -> requests.put(name, request.apply(name)));
    return requests;
  }

  private static SplitRequest industrial(DataConfig data, List<String> categories, long seed) {
    return request(data, new LinkedHashSet<>(categories), Set.of(), seed);
  }

  private static SplitRequest semantic(DataConfig data, Set<String> normalClasses, long seed) {
    return request(data, Set.of(), normalClasses, seed);
  }

  private static SplitRequest request(
      DataConfig data, Set<String> categories, Set<String> normalClasses, long seed) {
    return new SplitRequest(
        data.setting(),
        categories,
        normalClasses,
        data.fewShot(),
        data.knownAnomalies(),
        data.limitTrain(),
        data.limitTest(),
        seed);
  }
}
