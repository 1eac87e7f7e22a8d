package io.github.dyad.data.layout;

import io.github.dyad.data.ImageRef;
import io.github.dyad.data.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Categories in folders: training images, test images by defect, masks by defect. The root is one
 * category, or holds several. Paths start with the category's name in both cases.
 *
 * @param train folder of the training images, levels divided by '/'
 * @param normal names of test folders whose images are normal, in lower case
 * @param masksRequired whether an anomalous image without a mask is a problem
 */
record IndustrialFolders(String train, Set<String> normal, boolean masksRequired) {

  static final IndustrialFolders MVTEC = new IndustrialFolders("train/good", Set.of("good"), true);
  static final IndustrialFolders PLAIN =
      new IndustrialFolders("normal", Set.of("normal", "good", "ok"), false);

  private static final String TEST = "test";
  private static final String GROUND_TRUTH = "ground_truth";
  private static final int DEEPEST = 8;

  void scan(Path root, Scan scan) throws IOException {
    Folder folder = Folder.list(root);
    if (isCategory(folder)) {
      category(Folder.name(root.toAbsolutePath().normalize()), folder, scan);
      return;
    }
    List<Path> passedOver = new ArrayList<>();
    boolean found = false;
    for (Path child : folder.folders()) {
      Folder candidate = Folder.list(child);
      if (isCategory(candidate)) {
        found = true;
        category(Folder.name(child), candidate, scan);
      } else {
        passedOver.add(child);
      }
    }
    if (!found) {
      scan.problem(noCategories(root, folder));
    } else if (!passedOver.isEmpty()) {
      scan.note(
          String.format(
              "passed over %d folders without %s and %s (%s)",
              passedOver.size(), firstLevel(), TEST, Folder.names(passedOver)));
    }
  }

  private boolean isCategory(Folder folder) {
    return folder.folder(firstLevel()).isPresent() || folder.folder(TEST).isPresent();
  }

  private String firstLevel() {
    return train.split("/")[0];
  }

  private void category(String category, Folder folder, Scan scan) throws IOException {
    if (!scan.category(category)) {
      return;
    }
    trainImages(category, folder, scan);
    Optional<Path> test = folder.folder(TEST);
    if (test.isEmpty()) {
      scan.problem(folder.path().resolve(TEST) + " is missing: no test images of " + category);
      return;
    }
    testImages(category, folder, Folder.list(test.get()), scan);
  }

  private void trainImages(String category, Folder folder, Scan scan) throws IOException {
    Folder at = folder;
    for (String level : train.split("/")) {
      Optional<Path> next = at.folder(level);
      if (next.isEmpty()) {
        String loose =
            at.images().isEmpty()
                ? ""
                : "; " + at.path() + " holds " + at.images().size() + " images, move them there";
        scan.problem(
            at.path().resolve(level) + " is missing: no training images of " + category + loose);
        return;
      }
      at = Folder.list(next.get());
    }
    List<Path> images = imagesBelow(at, DEEPEST);
    if (images.isEmpty()) {
      scan.problem(at.path() + " holds no images: nothing to train " + category + " on");
    }
    at.tell(scan);
    for (Path image : images) {
      scan.train(Sample.normal(path(category, folder, image), category, ImageRef.file(image)));
    }
  }

  private void testImages(String category, Folder folder, Folder test, Scan scan)
      throws IOException {
    if (!test.images().isEmpty()) {
      scan.problem(
          String.format(
              "%s: %d images lie directly in it; move them to %s or a folder named by the defect",
              test.path(), test.images().size(), test.path().resolve(normalName())));
    }
    Optional<Path> masks = folder.folder(GROUND_TRUTH);
    Optional<Folder> groundTruth =
        masks.isEmpty() ? Optional.empty() : Optional.of(Folder.list(masks.get()));
    if (masksRequired && groundTruth.isEmpty()) {
      scan.problem(
          folder.path().resolve(GROUND_TRUTH)
              + " is missing: anomalies without masks; copy it from the archive, or read the folder"
              + " as \"folders\" for image metrics alone");
    }
    boolean anyNormal = false;
    for (Path child : test.folders()) {
      Folder images = Folder.list(child);
      images.tell(scan);
      String name = Folder.name(child);
      if (images.images().isEmpty()) {
        scan.problem(child + " holds no images; remove it or fill it from the archive");
      } else if (normal.contains(name.toLowerCase(Locale.ROOT))) {
        anyNormal = true;
        for (Path image : images.images()) {
          String path = path(category, folder, image);
          scan.test(Sample.normal(path, category, ImageRef.file(image)));
        }
      } else {
        anomalies(category, folder, images, groundTruth, scan);
      }
    }
    if (!anyNormal) {
      scan.problem(
          test.path().resolve(normalName()) + " is missing: no normal test images of " + category);
    }
  }

  private void anomalies(
      String category, Folder folder, Folder images, Optional<Folder> groundTruth, Scan scan)
      throws IOException {
    String defect = Folder.name(images.path());
    Optional<Path> maskFolder = groundTruth.flatMap(masks -> masks.folder(defect));
    Masks masks = maskFolder.isEmpty() ? Masks.NONE : Masks.in(Folder.list(maskFolder.get()));
    List<Path> without = new ArrayList<>();
    for (Path image : images.images()) {
      List<ImageRef> found = masks.of(image);
      if (found.isEmpty()) {
        without.add(image);
      }
      String path = path(category, folder, image);
      scan.test(new Sample(path, category, true, defect, ImageRef.file(image), found));
    }
    // Without any ground truth one problem is told for all; plain folders may mask some defects.
    boolean expected = masksRequired ? groundTruth.isPresent() : maskFolder.isPresent();
    if (expected && !without.isEmpty()) {
      scan.problem(
          String.format(
              "%s: no mask for %d of %d images (%s); copy the folder from the archive",
              groundTruth.get().path().resolve(defect),
              without.size(),
              images.images().size(),
              Folder.names(without)));
    }
  }

  private String normalName() {
    return normal.contains("normal") ? "normal" : "good";
  }

  private static String path(String category, Folder folder, Path image) {
    return category + "/" + Folder.relative(folder.path(), image);
  }

  private static List<Path> imagesBelow(Folder folder, int levels) throws IOException {
    List<Path> images = new ArrayList<>(folder.images());
    if (levels > 0) {
      for (Path child : folder.folders()) {
        images.addAll(imagesBelow(Folder.list(child), levels - 1));
      }
    }
    return images;
  }

  /** Says where the categories may be instead. */
  private String noCategories(Path root, Folder folder) throws IOException {
    String missed =
        String.format("%s has no category (a folder with %s and %s)", root, train, TEST);
    Path above = root.toAbsolutePath().normalize().getParent();
    for (Path child : folder.folders()) {
      for (Path grandchild : Folder.list(child).folders()) {
        if (isCategory(Folder.list(grandchild))) {
          return missed + "; " + child + " has: give that folder";
        }
      }
    }
    for (int levels = 0; levels < 2 && above != null && above.getParent() != null; levels++) {
      if (isCategory(Folder.list(above))) {
        return missed + "; you are inside one: give " + above + " or the folder above it";
      }
      above = above.getParent();
    }
    Optional<Path> archive = folder.others().stream().filter(Folder::isArchive).findFirst();
    return archive.isPresent()
        ? missed + "; extract " + archive.get() + " first"
        : missed + "; give the folder that holds the categories";
  }

  /**
   * The masks of one defect by their image's name without extension: {@code NNN_mask.png}, {@code
   * NNN.png} or {@code NNN/*.png}.
   */
  private record Masks(Map<String, List<ImageRef>> byStem) {
    static final Masks NONE = new Masks(Map.of());

    private static final String SUFFIX = "_mask";

    static Masks in(Folder folder) throws IOException {
      Map<String, List<ImageRef>> byStem = new HashMap<>();
      for (Path mask : folder.images()) {
        byStem.put(Folder.stem(mask), List.of(ImageRef.file(mask)));
      }
      for (Path several : folder.folders()) {
        byStem.put(
            Folder.name(several),
            Folder.list(several).images().stream().map(ImageRef::file).toList());
      }
      return new Masks(byStem);
    }

    List<ImageRef> of(Path image) {
      String stem = Folder.stem(image);
      List<ImageRef> plain = byStem.getOrDefault(stem, List.of());
      return byStem.getOrDefault(stem + SUFFIX, plain);
    }
  }
}
