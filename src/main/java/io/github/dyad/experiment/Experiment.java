package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.experiment.yaml.Nearest;
import io.github.dyad.experiment.yaml.Node;
import io.github.dyad.experiment.yaml.Place;
import io.github.dyad.experiment.yaml.RecordBinder;
import io.github.dyad.experiment.yaml.RecordTree;
import io.github.dyad.experiment.yaml.YamlReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An experiment file: {@code base} holds what all trials share, {@code vary} what is swept, and
 * {@code smoke} what a quick try-out overrides.
 *
 * <p>Under {@code vary}, a configuration key takes a list of values, and any other name takes a
 * list of named sets of overrides; all of them multiply, the first varying slowest. Keys may be
 * nested or dotted. {@code preset} may stand wherever overrides may; it lies beneath all of them.
 *
 * <p>{@code search} stands in for {@code vary} where values are to be found rather than listed; see
 * {@code dyad search}.
 *
 * <pre>{@code
 * base: {preset: paper-semantic, training.iterations: 300}
 * vary:
 *   data.dataset: [fashion-mnist, cifar-10]
 *   row:
 *     - {name: encoder, objective.objective: encoder-only, anomaly: {fusion: encoder, classTokens: all}}
 *     - {name: noisy-or}
 *   training.seed: [0, 1, 2]
 * smoke: {training.iterations: 2, vary: {training.seed: [0]}}
 * }</pre>
 *
 * From Java:
 *
 * <pre>{@code
 * RunReport report = Experiment.read(Path.of("experiments/quickstart.yaml")).run();
 * for (ResultRow row : report.rows()) {
 *   System.out.println(row.get(ResultColumn.TRIAL) + " " + row.metric(ResultColumn.IMAGE_AUROC));
 * }
 * }</pre>
 */
public final class Experiment {
  private static final List<String> TOP_KEYS = List.of("name", "base", "vary", "search", "smoke");
  private static final int MOST_TRIALS = 100_000;

  private final Path file;
  private final Node.Mapping top;
  private final String name;

  private Experiment(Path file, Node.Mapping top) {
    this.file = file;
    this.top = top;
    refuseUnknownTopKeys(top);
    this.name = name(file, top);
  }

  /**
   * @throws InputException naming file, line and key of the first thing that is wrong
   */
  public static Experiment read(Path file) {
    Experiment experiment = new Experiment(file, YamlReader.read(file));
    experiment.trials(false);
    experiment.trials(true);
    return experiment;
  }

  /** An experiment that is known by name and place alone, such as one that a manifest tells of. */
  static Experiment named(String name, Path file) {
    Place place = new Place(file.toString(), 1);
    return new Experiment(
        file, new Node.Mapping(place, Map.of("name", new Node.Scalar(place, name))));
  }

  /** Where it was read, absolute. */
  public Path file() {
    return file.toAbsolutePath();
  }

  /**
   * Runs what is missing, as {@code dyad run} does, into {@code results/NAME} below the working
   * directory; what is finished is not done again.
   */
  public RunReport run() {
    return run(Path.of("results", name));
  }

  /**
   * As {@link #run()}, with all cores.
   *
   * @param results the folder for CSV, scores and models
   */
  public RunReport run(Path results) {
    DataRoom room = DataRoom.in(CacheFolder.get().resolve("data"));
    try (Engine engine = new DistillationEngine(Runtime.getRuntime().availableProcessors())) {
      Grid grid = new GridPlanner(room, engine::teacherSha256).plan(this, trials(false));
      return new Runner(
              grid,
              new ResultsFolder(results),
              engine,
              TimingProtocol.PAPER,
              RunListener.SILENT,
              () -> Thread.currentThread().isInterrupted())
          .run();
    }
  }

  /** As in the file, or the file's name without its ending. */
  public String name() {
    return name;
  }

  /** Where results go unless told otherwise, beneath the results folder of all experiments. */
  public String resultsName(boolean smoke) {
    return smoke ? name + "-smoke" : name;
  }

  /** A path in the file, seen from the file's own folder. */
  public Path resolve(String path) {
    return file.toAbsolutePath().resolveSibling(path).normalize();
  }

  /**
   * The grid, the first axis varying slowest.
   *
   * @param smoke with the overrides of {@code smoke}
   */
  public List<Trial> trials(boolean smoke) {
    Node.Mapping base = section(top, "base").nested();
    Node.Mapping smokeSection = smoke ? section(top, "smoke") : empty();
    Node.Mapping smokeOverrides = smokeSection.without("vary").without("search").nested();
    List<Axis> axes =
        replaced(Axis.read(section(top, "vary")), Axis.read(section(smokeSection, "vary")));
    refuseFlattening(axes, smokeOverrides);

    List<Trial> trials = new ArrayList<>();
    Map<String, Place> names = new LinkedHashMap<>();
    for (List<Axis.Variant> variants : product(axes)) {
      Node.Mapping overrides = base;
      for (Axis.Variant variant : variants) {
        overrides = overrides.overlaidWith(variant.overrides());
      }
      Trial trial = trial(variants, overrides.overlaidWith(smokeOverrides));
      if (names.put(trial.name(), top.place()) != null) {
        throw new InputException(
            file + ": two trials are called " + trial.name() + "; give the variants other names");
      }
      trials.add(trial);
    }
    return List.copyOf(trials);
  }

  /**
   * One trial of the base with further overrides above everything else.
   *
   * @param smoke with the overrides of {@code smoke}, too
   * @throws InputException when a value is refused
   */
  public Trial trial(String trialName, Node.Mapping overrides, boolean smoke) {
    Node.Mapping smokeSection = smoke ? section(top, "smoke") : empty();
    Node.Mapping below =
        section(top, "base")
            .nested()
            .overlaidWith(smokeSection.without("vary").without("search").nested());
    return trial(trialName, below.overlaidWith(overrides.nested()));
  }

  /** The section {@code search}; null where the experiment is a plain grid. */
  public Node.Mapping search(boolean smoke) {
    if (top.get("search") == null) {
      return null;
    }
    Node.Mapping search = section(top, "search").nested();
    return smoke ? search.overlaidWith(section(section(top, "smoke"), "search").nested()) : search;
  }

  private Trial trial(List<Axis.Variant> variants, Node.Mapping overrides) {
    return trial(variants.isEmpty() ? name : TrialName.join(variants), overrides);
  }

  private Trial trial(String trialName, Node.Mapping overrides) {
    Node preset = overrides.get("preset");
    Node.Mapping beneath = preset == null ? empty() : Presets.of(preset);
    TrialConfig config =
        RecordBinder.bind(TrialConfig.DEFAULTS, beneath.overlaidWith(overrides.without("preset")));
    if (config.data().dataset().isEmpty()) {
      throw new InputException(file + ": data.dataset is not given; see dyad data list");
    }
    try {
      return new Trial(trialName, config);
    } catch (InputException e) {
      throw new InputException(file + ": " + e.getMessage(), e);
    }
  }

  /** Every choice of one variant from each axis. */
  private List<List<Axis.Variant>> product(List<Axis> axes) {
    List<List<Axis.Variant>> choices = List.of(List.of());
    for (Axis axis : axes) {
      if ((long) choices.size() * axis.variants().size() > MOST_TRIALS) {
        throw new InputException(
            file + ": the axes multiply to more than " + MOST_TRIALS + " trials");
      }
      List<List<Axis.Variant>> longer = new ArrayList<>();
      for (List<Axis.Variant> choice : choices) {
        for (Axis.Variant variant : axis.variants()) {
          List<Axis.Variant> extended = new ArrayList<>(choice);
          extended.add(variant);
          longer.add(extended);
        }
      }
      choices = longer;
    }
    return choices;
  }

  private List<Axis> replaced(List<Axis> axes, List<Axis> replacements) {
    Map<String, Axis> byLabel = new LinkedHashMap<>();
    axes.forEach(axis -> byLabel.put(axis.label(), axis));
    for (Axis replacement : replacements) {
      if (byLabel.replace(replacement.label(), replacement) == null) {
        Set<String> known = byLabel.keySet();
        throw new InputException(
            file
                + ": smoke.vary names "
                + replacement.label()
                + ", which vary does not."
                + Nearest.question(replacement.label(), known));
      }
    }
    return List.copyOf(byLabel.values());
  }

  /** An override of a swept key would make trials that differ in nothing but their names. */
  private static void refuseFlattening(List<Axis> axes, Node.Mapping smokeOverrides) {
    for (Axis axis : axes) {
      Node node = smokeOverrides;
      for (String key : axis.swept() ? axis.label().split("\\.") : new String[0]) {
        node = node instanceof Node.Mapping mapping ? mapping.get(key) : null;
      }
      if (axis.swept() && node != null) {
        throw new InputException(
            node.place()
                + ": smoke sets "
                + axis.label()
                + ", which is swept; expected a shorter list under smoke.vary");
      }
    }
  }

  private void refuseUnknownTopKeys(Node.Mapping mapping) {
    mapping
        .entries()
        .forEach(
            (key, node) -> {
              if (!TOP_KEYS.contains(key)) {
                String section = key.contains(".") ? key.substring(0, key.indexOf('.')) : key;
                boolean configured =
                    section.equals("preset")
                        || RecordTree.of(TrialConfig.DEFAULTS).containsKey(section);
                throw new InputException(
                    node.place()
                        + ": unknown key "
                        + key
                        + "; expected "
                        + Nearest.oneOf(TOP_KEYS)
                        + "."
                        + (configured
                            ? " Did you mean " + key + " under base?"
                            : Nearest.question(key, TOP_KEYS)));
              }
            });
  }

  private static String name(Path file, Node.Mapping top) {
    Node given = top.get("name");
    if (given instanceof Node.Scalar scalar) {
      return TrialName.part(scalar.text(), scalar.place());
    }
    if (given != null) {
      throw new InputException(given.place() + ": name is " + given.describe() + "; expected text");
    }
    String fileName = file.getFileName().toString();
    int dot = fileName.lastIndexOf('.');
    return TrialName.part(dot > 0 ? fileName.substring(0, dot) : fileName, top.place());
  }

  private static Node.Mapping section(Node.Mapping mapping, String key) {
    Node node = mapping.get(key);
    if (node == null) {
      return empty();
    }
    if (node instanceof Node.Mapping section) {
      return section;
    }
    throw new InputException(
        node.place() + ": " + key + " is " + node.describe() + "; expected a section");
  }

  private static Node.Mapping empty() {
    return new Node.Mapping(new Place("", 0), Map.of());
  }
}
