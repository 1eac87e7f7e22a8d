package io.github.dyad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Laws of what a request takes, over seeds. */
class SplitSelectionTest {
  private static final List<String> CATEGORIES = List.of("bottle", "wood");
  private static final List<String> CLASSES = List.of("ant", "bee", "cow", "dog");

  private record Text(String name) implements ImageRef {
    @Override
    public InputStream open() {
      return new ByteArrayInputStream(name.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void everything_is_taken_in_order_of_path() {
    Splits splits = industrial(SplitRequest.all());
    assertEquals(40, splits.train().size());
    assertEquals(60, splits.test().size());
    assertEquals(sorted(splits.test()), paths(splits.test()));
    assertEquals(sorted(splits.train()), paths(splits.train()));
  }

  @Test
  void the_order_in_which_files_are_listed_does_not_matter() {
    for (int seed = 0; seed < 20; seed++) {
      List<Sample> train = new ArrayList<>(industrialTrain());
      List<Sample> test = new ArrayList<>(industrialTest());
      Collections.shuffle(train, new Random(seed));
      Collections.shuffle(test, new Random(seed));
      SplitRequest request = request(Set.of(), 4, 0.3, 0, 13, 5);
      Splits shuffled = SplitSelection.industrial("x", request, CATEGORIES, train, test);
      assertEquals(industrial(request).manifestHash(), shuffled.manifestHash(), "seed " + seed);
    }
  }

  @Test
  void few_shots_are_so_many_of_each_category_and_contain_the_fewer() {
    for (long seed = 0; seed < 20; seed++) {
      Set<String> fewer = Set.of();
      for (int shots : new int[] {1, 2, 4, 8, 16}) {
        Splits splits = industrial(request(Set.of(), shots, 0, 0, 0, seed));
        for (String category : CATEGORIES) {
          long count = splits.train().stream().filter(s -> s.category().equals(category)).count();
          assertEquals(shots, count, "seed " + seed);
        }
        Set<String> taken = new HashSet<>(paths(splits.train()));
        assertTrue(taken.containsAll(fewer), "seed " + seed + ", shots " + shots);
        fewer = taken;
      }
    }
  }

  @Test
  void seeds_take_different_images_and_each_about_as_often() {
    Map<String, Long> taken =
        java.util.stream.LongStream.range(0, 400)
            .boxed()
            .flatMap(seed -> industrial(request(Set.of(), 5, 0, 0, 0, seed)).train().stream())
            .collect(Collectors.groupingBy(Sample::path, Collectors.counting()));
    assertEquals(40, taken.size());
    // 5 of 20 in 400 draws: mean 100, deviation 8.7; five deviations either side.
    taken.forEach((path, count) -> assertTrue(Math.abs(count - 100) < 44, path + " " + count));
  }

  @Test
  void known_anomalies_leave_the_test_set_and_one_of_each_kind_stays() {
    for (long seed = 0; seed < 8; seed++) {
      for (double share : new double[] {0.05, 0.1, 0.5, 0.99}) {
        Splits splits = industrial(request(Set.of(), 0, share, 0, 0, seed));
        List<Sample> known = splits.train().stream().filter(Sample::anomalous).toList();
        assertEquals(Math.min(9, (int) Math.ceil(share * 10)) * 4, known.size());
        Set<String> both = new HashSet<>(paths(splits.train()));
        both.retainAll(paths(splits.test()));
        assertEquals(Set.of(), both);
        assertEquals(60, splits.test().size() + known.size());
        assertEquals(4, kinds(splits.test()).size());
      }
    }
  }

  @Test
  void limits_are_kept_exactly_and_balanced() {
    for (int limit = 1; limit <= 70; limit += 3) {
      Splits splits = industrial(request(Set.of(), 0, 0, limit, limit, limit));
      assertEquals(Math.min(40, limit), splits.train().size());
      assertEquals(Math.min(60, limit), splits.test().size());
      Map<String, Long> groups =
          splits.test().stream()
              .collect(
                  Collectors.groupingBy(s -> s.category() + s.anomalous(), Collectors.counting()));
      if (limit >= 4 && limit <= 40) { // the smallest group has 10
        long spread = Collections.max(groups.values()) - Collections.min(groups.values());
        assertTrue(groups.size() == 4 && spread <= 1, limit + ": " + groups);
      }
    }
  }

  @Test
  void semantic_labels_come_from_the_normal_classes() {
    Splits splits = semantic(SplitRequest.normalClasses(Set.of("bee", "dog")));
    assertEquals(Set.of("bee", "dog"), categories(splits.train()));
    assertEquals(40, splits.test().size());
    for (Sample sample : splits.test()) {
      boolean normal = Set.of("bee", "dog").contains(sample.category());
      assertEquals(!normal, sample.anomalous());
      assertEquals(normal ? Sample.GOOD : sample.category(), sample.defect());
    }
  }

  @Test
  void classes_go_by_name_or_by_index() {
    assertEquals(
        semantic(SplitRequest.normalClasses(Set.of("bee", "dog"))).manifestHash(),
        semantic(SplitRequest.normalClasses(Set.of("1", "3"))).manifestHash());
  }

  @Test
  void the_published_splits_halve_the_classes() {
    for (String dataset : List.of("cifar-10", "cifar-100", "fashion-mnist", "view")) {
      Set<String> a = SemanticSplits.of(dataset, "A");
      Set<String> b = SemanticSplits.of(dataset, "B");
      Set<String> both = new TreeSet<>(a);
      both.addAll(b);
      assertEquals(a.size() + b.size(), both.size());
      Set<String> other = new TreeSet<>(SemanticSplits.of(dataset, "C"));
      other.addAll(SemanticSplits.of(dataset, "D"));
      assertEquals(both, other);
    }
    assertEquals(Set.of("0", "2", "4", "6", "8"), SemanticSplits.of("cifar-10", "C"));
    assertEquals(Set.of("mountain", "sea", "street"), SemanticSplits.of("view", "B"));
  }

  @Test
  void the_manifest_notices_any_change() {
    String hash = industrial(SplitRequest.all()).manifestHash();
    assertEquals(64, hash.length());
    List<Sample> test = new ArrayList<>(industrialTest());
    Sample first = test.get(0);
    for (Sample changed :
        List.of(
            new Sample("z", first.category(), false, "good", first.image(), List.of()),
            new Sample(first.path(), "wood", false, "good", first.image(), List.of()),
            new Sample(first.path(), first.category(), true, "good", first.image(), List.of()),
            new Sample(first.path(), first.category(), false, "x", first.image(), List.of()),
            new Sample(first.path(), first.category(), false, "good", new Text("y"), List.of()),
            new Sample(
                first.path(),
                first.category(),
                false,
                "good",
                first.image(),
                List.of(new Text("m"))))) {
      test.set(0, changed);
      Splits splits =
          SplitSelection.industrial("x", SplitRequest.all(), CATEGORIES, industrialTrain(), test);
      assertNotEquals(hash, splits.manifestHash(), changed.toString());
    }
  }

  @Test
  void what_cannot_be_asked_for_is_told() {
    told(() -> industrial(request(Set.of("botle"), 0, 0, 0, 0, 0)), "Did you mean \"bottle\"?");
    told(() -> industrial(SplitRequest.normalClasses(Set.of("ant"))), "use data.categories");
    told(() -> industrial(request(Set.of(), 21, 0, 0, 0, 0)), "20 training images of bottle");
    told(() -> semantic(SplitRequest.all()), "no normal classes given");
    told(() -> semantic(SplitRequest.normalClasses(Set.of("cat"))), "expected some of ant, bee");
    told(() -> semantic(SplitRequest.normalClasses(Set.of("4"))), "no class \"4\"");
    told(() -> semantic(request(Set.of("ant"), 0, 0, 0, 0, 0)), "use data.normalClasses");
    told(() -> semantic(SplitRequest.normalClasses(Set.copyOf(CLASSES))), "no anomaly is left");
    told(() -> SemanticSplits.of("cifar-10", "E"), "expected A, B, C or D");
    told(() -> SemanticSplits.of("visa", "A"), "has no splits A-D");
    told(() -> request(Set.of(), 0, 1, 0, 0, 0), "data.knownAnomalies is 1.0");
    told(() -> Datasets.layout("mvtecad"), "Did you mean \"mvtec-ad\"?");
    told(
        () -> industrial(new SplitRequest(Setting.SINGLE_CLASS, Set.of(), Set.of(), 0, 0, 0, 0, 0)),
        "takes one category a model; got 2");
  }

  @Test
  void two_images_of_one_path_are_refused() {
    List<Sample> train = new ArrayList<>(industrialTrain());
    train.add(train.get(3));
    told(
        () ->
            SplitSelection.industrial("x", SplitRequest.all(), CATEGORIES, train, industrialTest()),
        "two images are called");
  }

  private static void told(org.junit.jupiter.api.function.Executable wrong, String part) {
    InputException e = assertThrows(InputException.class, wrong);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  private static SplitRequest request(
      Set<String> categories, int fewShot, double known, int train, int test, long seed) {
    return new SplitRequest(
        Setting.MULTI_CLASS, categories, Set.of(), fewShot, known, train, test, seed);
  }

  private static Splits industrial(SplitRequest request) {
    return SplitSelection.industrial("x", request, CATEGORIES, industrialTrain(), industrialTest());
  }

  private static Splits semantic(SplitRequest request) {
    return SplitSelection.semantic("x", request, CLASSES, classes("train"), classes("test"));
  }

  /** 20 of each category. */
  private static List<Sample> industrialTrain() {
    List<Sample> samples = new ArrayList<>();
    for (String category : CATEGORIES) {
      for (int i = 0; i < 20; i++) {
        String path = category + "/train/good/" + i;
        samples.add(Sample.normal(path, category, new Text(path)));
      }
    }
    return samples;
  }

  /** 10 normal and 10 of each of two defects, of each category. */
  private static List<Sample> industrialTest() {
    List<Sample> samples = new ArrayList<>();
    for (String category : CATEGORIES) {
      for (int i = 0; i < 10; i++) {
        String path = category + "/test/good/" + i;
        samples.add(Sample.normal(path, category, new Text(path)));
        for (String defect : List.of("crack", "hole")) {
          String bad = category + "/test/" + defect + "/" + i;
          samples.add(new Sample(bad, category, true, defect, new Text(bad), List.of()));
        }
      }
    }
    return samples;
  }

  private static List<Sample> classes(String part) {
    List<Sample> samples = new ArrayList<>();
    for (String name : CLASSES) {
      for (int i = 0; i < 10; i++) {
        String path = part + "/" + name + "/" + i;
        samples.add(Sample.normal(path, name, new Text(path)));
      }
    }
    return samples;
  }

  private static Set<String> kinds(List<Sample> samples) {
    return samples.stream()
        .filter(Sample::anomalous)
        .map(sample -> sample.category() + sample.defect())
        .collect(Collectors.toSet());
  }

  private static Set<String> categories(List<Sample> samples) {
    return samples.stream().map(Sample::category).collect(Collectors.toSet());
  }

  private static List<String> paths(List<Sample> samples) {
    return samples.stream().map(Sample::path).toList();
  }

  private static List<String> sorted(List<Sample> samples) {
    return paths(samples).stream().sorted().toList();
  }
}
