package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.experiment.yaml.Nearest;
import io.github.dyad.experiment.yaml.Node;
import io.github.dyad.experiment.yaml.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The named starting points in {@code presets.yaml}. */
final class Presets {
  private static final String RESOURCE = "presets.yaml";
  private static final Node.Mapping ALL = read();

  private Presets() {}

  static List<String> names() {
    return new ArrayList<>(ALL.entries().keySet());
  }

  /** The overrides that the preset stands for. */
  static Node.Mapping of(Node name) {
    String text = name instanceof Node.Scalar scalar ? scalar.text() : "";
    if (ALL.get(text) instanceof Node.Mapping preset) {
      return preset.nested();
    }
    throw new InputException(
        name.place()
            + ": preset is "
            + name.describe()
            + "; expected "
            + Nearest.oneOf(names())
            + "."
            + Nearest.question(text, names()));
  }

  private static Node.Mapping read() {
    try (InputStream in = Presets.class.getResourceAsStream(RESOURCE)) {
      return YamlReader.read(RESOURCE, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
