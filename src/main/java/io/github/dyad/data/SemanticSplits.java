package io.github.dyad.data;

import io.github.dyad.InputException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The multi-class splits A–D of semantic data: the half of the classes that is normal, as the
 * paper's Appendix C.1 (Tables 7–9) lists them. Numbers are indices into the classes in official
 * order; View goes by name.
 */
public final class SemanticSplits {

  /** The splits of every data set. */
  public static final List<String> NAMES = List.of("A", "B", "C", "D");

  private static final Map<String, Set<String>> TEN_CLASSES =
      Map.of(
          "A", Set.of("0", "1", "2", "3", "4"),
          "B", Set.of("5", "6", "7", "8", "9"),
          "C", Set.of("0", "2", "4", "6", "8"),
          "D", Set.of("1", "3", "5", "7", "9"));

  private static final Map<String, Set<String>> TWENTY_CLASSES =
      Map.of(
          "A", Set.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
          "B", Set.of("10", "11", "12", "13", "14", "15", "16", "17", "18", "19"),
          "C", Set.of("0", "2", "4", "6", "8", "10", "12", "14", "16", "18"),
          "D", Set.of("1", "3", "5", "7", "9", "11", "13", "15", "17", "19"));

  private static final Map<String, Set<String>> VIEW =
      Map.of(
          "A", Set.of("buildings", "forest", "glacier"),
          "B", Set.of("mountain", "sea", "street"),
          "C", Set.of("buildings", "glacier", "sea"),
          "D", Set.of("forest", "mountain", "street"));

  private static final Map<String, Map<String, Set<String>>> SPLITS =
      Map.of(
          "cifar-10", TEN_CLASSES,
          "fashion-mnist", TEN_CLASSES,
          "builtin:fashion-mnist-small", TEN_CLASSES,
          "cifar-100", TWENTY_CLASSES,
          "view", VIEW);

  private SemanticSplits() {}

  /**
   * Normal classes of one split, for {@link SplitRequest#normalClasses}.
   *
   * @throws InputException when the data set has no published splits, or none of this name
   */
  public static Set<String> of(String dataset, String split) {
    Map<String, Set<String>> splits = SPLITS.get(ValidationLayout.original(dataset));
    if (splits == null) {
      throw new InputException(
          "the data set \""
              + dataset
              + "\" has no splits A-D; those that have are "
              + String.join(", ", new TreeSet<>(SPLITS.keySet()))
              + ". Name the normal classes instead.");
    }
    Set<String> normal = splits.get(split);
    if (normal == null) {
      throw new InputException(
          "there is no split \"" + split + "\" of " + dataset + "; expected A, B, C or D");
    }
    return normal;
  }
}
