package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.experiment.yaml.Node;
import io.github.dyad.experiment.yaml.Place;
import java.util.List;
import java.util.stream.Collectors;

/** Makes the parts of trials' names, which are folder names too. */
final class TrialName {
  private TrialName() {}

  /** The user's own name for something, refused where no folder could have it. */
  static String part(String name, Place place) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9.+-]{0,60}")) {
      throw new InputException(
          place
              + ": the name \""
              + name
              + "\" stands in folder names; expected at most 60 letters, digits and . + -");
    }
    return name;
  }

  /**
   * Seeds are {@code s0}; data sets, teachers, presets and methods go by their own names; other
   * values have their key in front: {@code dropout-0.4}.
   */
  static String ofValue(String key, Node value) {
    String text = text(value);
    return switch (key) {
      case "training.seed" -> "s" + text;
      case "data.dataset", "preset", "method" -> text;
      case "teacher.file" -> text.replaceFirst("\\.onnx$", "");
      default -> key.substring(key.lastIndexOf('.') + 1) + "-" + text;
    };
  }

  static String join(List<Axis.Variant> variants) {
    return variants.stream().map(Axis.Variant::label).collect(Collectors.joining("_"));
  }

  private static String text(Node value) {
    if (value instanceof Node.Sequence list) {
      return list.items().stream().map(TrialName::text).collect(Collectors.joining("+"));
    }
    String text = ((Node.Scalar) value).text();
    String name = text.substring(Math.max(text.lastIndexOf('/'), text.lastIndexOf(':')) + 1);
    return name.replaceAll("[^A-Za-z0-9.+-]+", "-").replaceAll("^[^A-Za-z0-9]+", "");
  }
}
