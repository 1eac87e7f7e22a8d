package io.github.dyad.data;

import io.github.dyad.InputException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * From all images of a data set to the split that is asked for; every layout ends here.
 *
 * <p>What the seed chooses are the images with the smallest SHA-256 of (seed, purpose, path). So
 * the choice is the same on every machine and Java version, a larger share contains the smaller
 * one, and an image more in the data set changes at most one that is chosen.
 */
public final class SplitSelection {
  private final String dataset;
  private final SplitRequest request;

  private SplitSelection(String dataset, SplitRequest request) {
    this.dataset = dataset;
    this.request = request;
  }

  /**
   * Industrial data: the wanted categories.
   *
   * @param categories all that the data set has
   * @param train all its normal training images
   * @param test all its test images, labelled
   */
  public static Splits industrial(
      String dataset,
      SplitRequest request,
      List<String> categories,
      List<Sample> train,
      List<Sample> test) {
    var selection = new SplitSelection(dataset, request);
    if (!request.normalClasses().isEmpty()) {
      throw new InputException(
          dataset + " is industrial: it has categories, not normal classes; use data.categories");
    }
    Set<String> wanted =
        request.categories().isEmpty()
            ? new LinkedHashSet<>(categories)
            : selection.named("category", request.categories(), categories);
    selection.checkSetting("category", wanted);
    return selection.split(
        train.stream().filter(sample -> wanted.contains(sample.category())).toList(),
        test.stream().filter(sample -> wanted.contains(sample.category())).toList());
  }

  /**
   * Semantic data: trains on the training images of the normal classes, tests on every test image,
   * anomalous where its class is not a normal one.
   *
   * @param classes all that the data set has, in official order; a request may give indices into it
   * @param train all training images, their class as category
   * @param test all test images, their class as category
   */
  public static Splits semantic(
      String dataset,
      SplitRequest request,
      List<String> classes,
      List<Sample> train,
      List<Sample> test) {
    var selection = new SplitSelection(dataset, request);
    if (!request.categories().isEmpty()) {
      throw new InputException(
          dataset + " is semantic: it has normal classes, not categories; use data.normalClasses");
    }
    if (request.normalClasses().isEmpty()) {
      throw new InputException(
          dataset + ": no normal classes given; expected some of " + String.join(", ", classes));
    }
    Set<String> normal = selection.named("class", request.normalClasses(), classes);
    selection.checkSetting("normal class", normal);
    if (normal.containsAll(classes)) {
      throw new InputException(
          dataset + ": all " + classes.size() + " classes are normal; no anomaly is left to find");
    }
    for (String name : normal) {
      if (train.stream().noneMatch(sample -> sample.category().equals(name))) {
        throw new InputException(dataset + ": no training images of the normal class " + name);
      }
    }
    return selection.split(
        train.stream().filter(sample -> normal.contains(sample.category())).toList(),
        test.stream().map(sample -> labelled(sample, normal)).toList());
  }

  private static Sample labelled(Sample sample, Set<String> normal) {
    boolean anomalous = !normal.contains(sample.category());
    return new Sample(
        sample.path(),
        sample.category(),
        anomalous,
        anomalous ? sample.category() : Sample.GOOD,
        sample.image(),
        sample.masks());
  }

  private Splits split(List<Sample> allTrain, List<Sample> allTest) {
    checkUnique(Stream.concat(allTrain.stream(), allTest.stream()));
    List<Sample> train = new ArrayList<>(fewShot(allTrain));
    Set<Sample> known = knownAnomalies(allTest);
    train.addAll(known);
    List<Sample> test = allTest.stream().filter(sample -> !known.contains(sample)).toList();
    List<Sample> keptTrain = limited(train, request.limitTrain(), "limit train");
    List<Sample> keptTest =
        request.trainOnly() ? List.of() : limited(test, request.limitTest(), "limit test");
    if (keptTrain.isEmpty() || (keptTest.isEmpty() && !request.trainOnly())) {
      throw new InputException(
          dataset
              + ": no "
              + (keptTrain.isEmpty() ? "training" : "test")
              + " images for this split");
    }
    return new Splits(
        dataset,
        keptTrain,
        keptTest,
        ManifestHash.of(dataset, keptTrain, keptTest),
        ManifestHash.of(dataset, keptTrain, List.of()));
  }

  private List<Sample> fewShot(List<Sample> train) {
    if (request.fewShot() == 0) {
      return train;
    }
    List<Sample> kept = new ArrayList<>();
    grouped(train, Sample::category)
        .forEach(
            (category, samples) -> {
              if (samples.size() < request.fewShot()) {
                throw new InputException(
                    String.format(
                        "data.fewShot is %d; %s has %d training images of %s",
                        request.fewShot(), dataset, samples.size(), category));
              }
              kept.addAll(ranked(samples, "few shot").subList(0, request.fewShot()));
            });
    return kept;
  }

  private Set<Sample> knownAnomalies(List<Sample> test) {
    Set<Sample> known = new HashSet<>();
    if (request.knownAnomalies() > 0) {
      List<Sample> anomalous = test.stream().filter(Sample::anomalous).toList();
      grouped(anomalous, sample -> sample.category() + "\n" + sample.defect())
          .forEach(
              (kind, samples) -> {
                int share = (int) Math.ceil(request.knownAnomalies() * samples.size() - 1e-9);
                int count = Math.min(share, samples.size() - 1);
                known.addAll(ranked(samples, "known anomalies").subList(0, count));
              });
    }
    return known;
  }

  /** At most {@code limit} images, as evenly over category and label as they allow. */
  private List<Sample> limited(List<Sample> samples, int limit, String purpose) {
    List<Sample> kept = new ArrayList<>();
    if (limit == 0 || limit >= samples.size()) {
      kept.addAll(samples);
    } else {
      List<List<Sample>> groups =
          new ArrayList<>(
              grouped(samples, sample -> sample.category() + "\n" + sample.anomalous()).values());
      groups.sort(Comparator.comparingInt(List::size)); // what a small group lacks, larger ones get
      int left = limit;
      for (int i = 0; i < groups.size(); i++) {
        List<Sample> group = groups.get(i);
        int count = Math.min(group.size(), left / (groups.size() - i));
        kept.addAll(ranked(group, purpose).subList(0, count));
        left -= count;
      }
    }
    kept.sort(Comparator.comparing(Sample::path));
    return kept;
  }

  private Set<String> named(String kind, Set<String> given, List<String> known) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : given) {
      if (known.contains(name)) {
        names.add(name);
      } else if (name.matches("\\d{1,4}") && Integer.parseInt(name) < known.size()) {
        names.add(known.get(Integer.parseInt(name)));
      } else {
        throw new InputException(
            String.format(
                "%s has no %s \"%s\"; expected some of %s.%s",
                dataset, kind, name, String.join(", ", known), Nearest.hint(name, known)));
      }
    }
    return names;
  }

  private void checkSetting(String kind, Collection<String> wanted) {
    if (request.setting() == Setting.SINGLE_CLASS && wanted.size() != 1) {
      throw new InputException(
          String.format(
              "%s: the single-class setting takes one %s a model; got %d (%s)",
              dataset, kind, wanted.size(), String.join(", ", wanted)));
    }
  }

  private void checkUnique(Stream<Sample> samples) {
    Set<String> paths = new HashSet<>();
    samples.forEach(
        sample -> {
          if (!paths.add(sample.path())) {
            throw new InputException(dataset + ": two images are called " + sample.path());
          }
        });
  }

  private static Map<String, List<Sample>> grouped(
      List<Sample> samples, Function<Sample, String> key) {
    return samples.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
  }

  private List<Sample> ranked(List<Sample> samples, String purpose) {
    MessageDigest sha256 = sha256();
    Map<String, Sample> byRank = new TreeMap<>();
    for (Sample sample : samples) {
      String key = request.seed() + "\n" + purpose + "\n" + sample.path();
      byte[] rank = sha256.digest(key.getBytes(StandardCharsets.UTF_8));
      byRank.put(HexFormat.of().formatHex(rank), sample);
    }
    return new ArrayList<>(byRank.values());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
