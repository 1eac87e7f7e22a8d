package io.github.dyad.data;

import io.github.dyad.InputException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A data set that is judged on its own training images: some normal ones are held back, and each of
 * them comes a second and a third time as a {@link MadeAnomaly}. Choices that are made by looking
 * at these have not seen the test images, which are never opened.
 */
public final class ValidationLayout implements DatasetLayout {
  /** The name says all that the images depend on, so that a row's images can be found again. */
  private static final Pattern ID =
      Pattern.compile("validation\\[share=([0-9.]+) images=([0-9]+) seed=(-?[0-9]+)\\]:(.+)");

  private final DatasetLayout inner;
  private final ValidationConfig config;

  public ValidationLayout(DatasetLayout inner, ValidationConfig config) {
    this.inner = inner;
    this.config = config;
  }

  /** What a validation split of this data set is called. */
  public static String idOf(String dataset, ValidationConfig config) {
    String share = new BigDecimal(String.valueOf(config.share())).toPlainString();
    return "validation[share="
        + share
        + " images="
        + config.images()
        + " seed="
        + config.seed()
        + "]:"
        + dataset;
  }

  /** The data set that is validated on; any other id is its own. */
  public static String original(String id) {
    Matcher matcher = ID.matcher(id);
    return matcher.matches() ? matcher.group(4) : id;
  }

  /** The layout that {@link #idOf} named; empty for any other id. */
  static Optional<DatasetLayout> of(String id, Map<String, Record> options) {
    Matcher matcher = ID.matcher(id);
    return matcher.matches()
        ? Optional.of(
            new ValidationLayout(
                Datasets.layout(matcher.group(4), options),
                new ValidationConfig(
                    Double.parseDouble(matcher.group(1)),
                    Integer.parseInt(matcher.group(2)),
                    Long.parseLong(matcher.group(3)))))
        : Optional.empty();
  }

  @Override
  public String name() {
    return idOf(inner.name(), config);
  }

  @Override
  public DatasetFacts facts() {
    return inner.facts();
  }

  /** Few shots and the limit of training images are taken first; there is no limit of tests. */
  @Override
  public Splits read(Path root, SplitRequest request) {
    List<Sample> images = inner.read(root, request.withoutTest()).train();
    Set<Sample> heldBack = heldBack(images);
    List<Sample> train = images.stream().filter(sample -> !heldBack.contains(sample)).toList();
    List<Sample> test = new ArrayList<>();
    for (Sample normal : heldBack) {
      test.add(normal);
      for (MadeAnomaly.Kind kind : MadeAnomaly.Kind.values()) {
        test.add(anomaly(normal, kind));
      }
    }
    test.sort(Comparator.comparing(Sample::path));
    return new Splits(
        name(),
        train,
        test,
        ManifestHash.of(name(), train, test),
        ManifestHash.of(name(), train, List.of()));
  }

  private Sample anomaly(Sample normal, MadeAnomaly.Kind kind) {
    String name = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    String path = normal.path() + "#" + name;
    MadeAnomaly made = new MadeAnomaly(path, normal.image(), kind, config.seed());
    return new Sample(path, normal.category(), true, name, made, List.of(made.mask()));
  }

  private Set<Sample> heldBack(List<Sample> images) {
    Map<String, List<Sample>> categories =
        images.stream()
            .collect(Collectors.groupingBy(Sample::category, TreeMap::new, Collectors.toList()));
    int most =
        config.images() == 0 ? Integer.MAX_VALUE : Math.max(1, config.images() / categories.size());
    Set<Sample> heldBack = new HashSet<>();
    categories.forEach(
        (category, samples) -> {
          int count = Math.min(most, Math.max(1, (int) (config.share() * samples.size())));
          List<Sample> chosen = chosen(samples, count);
          if (chosen.size() == samples.size()) {
            throw new InputException(
                String.format(
                    "%s has %d training images of %s, too few to hold some back for validation",
                    inner.name(), samples.size(), category));
          }
          heldBack.addAll(chosen);
        });
    return heldBack;
  }

  /** Whole groups, as views of one object are no independent images; so it may be a few more. */
  private List<Sample> chosen(List<Sample> samples, int count) {
    Map<String, List<Sample>> byRank =
        samples.stream()
            .collect(Collectors.groupingBy(this::rank, TreeMap::new, Collectors.toList()));
    List<Sample> chosen = new ArrayList<>();
    for (List<Sample> group : byRank.values()) {
      if (chosen.size() >= count) {
        break;
      }
      chosen.addAll(group);
    }
    return chosen;
  }

  private String rank(Sample sample) {
    try {
      String key = config.seed() + "\nvalidation\n" + inner.group(sample.path());
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  @Override
  public Inspection inspect(Path root) {
    return inner.inspect(root);
  }

  @Override
  public List<String> categories(Path root) {
    return inner.categories(root);
  }

  @Override
  public String group(String path) {
    int mark = path.lastIndexOf('#');
    return inner.group(mark < 0 ? path : path.substring(0, mark));
  }
}
