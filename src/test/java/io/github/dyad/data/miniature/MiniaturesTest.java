package io.github.dyad.data.miniature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.Datasets;
import io.github.dyad.data.Domain;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Inspection;
import io.github.dyad.data.LocoDefect;
import io.github.dyad.data.MaskReader;
import io.github.dyad.data.MaskRule;
import io.github.dyad.data.Sample;
import io.github.dyad.data.SemanticSplits;
import io.github.dyad.data.SplitRequest;
import io.github.dyad.data.Splits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The drawn copies are read by the layouts of the real data sets. */
final class MiniaturesTest {
  @TempDir private static Path home;

  @BeforeAll
  static void draw_all() {
    Miniatures.datasets().forEach(dataset -> Miniatures.root(dataset, home));
  }

  @Test
  void every_benchmark_has_one_and_its_layout_finds_nothing_wrong() {
    assertEquals(8, Miniatures.datasets().size());
    for (String dataset : Miniatures.datasets()) {
      Inspection found = Datasets.layout(dataset).inspect(Miniatures.root(dataset, home));
      assertEquals(java.util.List.of(), found.problems(), dataset);
    }
  }

  @Test
  void industrial_ones_have_two_categories_with_masks_on_every_anomaly() {
    for (String dataset : Miniatures.datasets()) {
      DatasetLayout layout = Datasets.layout(dataset);
      if (layout.facts().domain() != Domain.INDUSTRIAL) {
        continue;
      }
      Splits splits = layout.read(Miniatures.root(dataset, home), SplitRequest.all());
      assertEquals(40, splits.train().size(), dataset);
      assertEquals(80, splits.test().size(), dataset);
      Set<String> groups = new HashSet<>();
      for (Sample sample : splits.test()) {
        groups.add(layout.group(sample.path()));
        if (sample.anomalous()) {
          boolean[] mask =
              MaskReader.load(sample, ImageSize.whole(64), 64, MaskRule.ORIGINAL).anomalous();
          boolean marked = false;
          for (boolean pixel : mask) {
            marked |= pixel;
          }
          assertTrue(marked, dataset + " " + sample.path());
        }
      }
      assertEquals(dataset.equals("real-iad") ? 16 : 80, groups.size(), dataset);
    }
  }

  @Test
  void loco_has_both_kinds_with_a_saturation() {
    Splits splits =
        Datasets.layout("mvtec-loco").read(Miniatures.root("mvtec-loco", home), SplitRequest.all());
    Set<String> kinds = new HashSet<>();
    for (Sample sample : splits.test()) {
      if (sample.anomalous()) {
        kinds.add(sample.defect());
        assertEquals(0.5, LocoDefect.of(sample).get(0).saturation());
      }
    }
    assertEquals(Set.of("logical_anomalies", "structural_anomalies"), kinds);
  }

  @Test
  void semantic_ones_have_all_classes_of_the_splits() {
    for (String dataset : Set.of("cifar-10", "cifar-100", "fashion-mnist", "view")) {
      Set<String> normal = SemanticSplits.of(dataset, "C");
      Splits splits =
          Datasets.layout(dataset)
              .read(Miniatures.root(dataset, home), SplitRequest.normalClasses(normal));
      assertEquals(10 * normal.size(), splits.train().size(), dataset);
      assertEquals(10 * normal.size(), splits.test().size(), dataset); // half of them normal
      assertEquals(
          5 * normal.size(), splits.test().stream().filter(Sample::anomalous).count(), dataset);
    }
  }

  @Test
  void they_are_drawn_once_and_the_same_each_time(@TempDir Path other) throws IOException {
    Path one = Miniatures.root("mvtec-ad", home);
    Path two = Miniatures.root("mvtec-ad", other);
    Splits first = Datasets.layout("mvtec-ad").read(one, SplitRequest.all());
    Splits second = Datasets.layout("mvtec-ad").read(two, SplitRequest.all());
    assertEquals(first.manifestHash(), second.manifestHash());
    try (Stream<Path> left = Files.list(two.getParent())) {
      assertEquals(1, left.count(), "nothing is left beside");
    }
  }

  @Test
  void another_data_set_is_refused() {
    InputException refused =
        assertThrows(InputException.class, () -> Miniatures.root("folders", home));
    assertTrue(refused.getMessage().contains("cifar-10, cifar-100"), refused.getMessage());
  }
}
