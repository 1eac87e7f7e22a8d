package io.github.dyad.data.layout;

import io.github.dyad.data.ImageRef;
import io.github.dyad.data.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Classes in folders, under one folder for training and one for testing. */
final class SemanticFolders {
  private SemanticFolders() {}

  /**
   * @param trainNames what the training folder may be called; the first is told when it is missing
   * @param testNames likewise
   */
  static void scan(Path root, List<String> trainNames, List<String> testNames, Scan scan)
      throws IOException {
    Optional<Folder> train = part(root, trainNames);
    Optional<Folder> test = part(root, testNames);
    if (train.isEmpty() || test.isEmpty()) {
      scan.problem(missing(root, trainNames, testNames, train.isPresent()));
      return;
    }
    var trainClasses = classes(train.get(), scan);
    var testClasses = classes(test.get(), scan);
    var all = new TreeSet<>(trainClasses.keySet());
    all.addAll(testClasses.keySet());
    all.forEach(scan::category);
    images(trainNames.get(0), trainClasses, scan, scan::train);
    images(testNames.get(0), testClasses, scan, scan::test);
    for (String name : all) {
      if (!trainClasses.containsKey(name) || !testClasses.containsKey(name)) {
        Folder lacking = trainClasses.containsKey(name) ? test.get() : train.get();
        scan.note(lacking.path().resolve(name) + " is missing");
      }
    }
  }

  /** The folder of this part; where an archive has repeated its name, the inner one. */
  private static Optional<Folder> part(Path root, List<String> names) throws IOException {
    Folder folder = Folder.list(root);
    for (String name : names) {
      Optional<Path> found = folder.folder(name);
      if (found.isPresent()) {
        Folder outer = Folder.list(found.get());
        Optional<Path> inner = outer.folder(name);
        return Optional.of(inner.isPresent() ? Folder.list(inner.get()) : outer);
      }
    }
    return Optional.empty();
  }

  private static TreeMap<String, Folder> classes(Folder part, Scan scan) throws IOException {
    if (!part.images().isEmpty()) {
      scan.problem(
          String.format(
              "%s: %d images lie directly in it; move them to folders named by their class",
              part.path(), part.images().size()));
    }
    part.tell(scan);
    var classes = new TreeMap<String, Folder>();
    for (Path child : part.folders()) {
      Folder images = Folder.list(child);
      images.tell(scan);
      if (images.images().isEmpty()) {
        scan.problem(child + " holds no images; remove it or fill it from the archive");
      } else {
        classes.put(Folder.name(child), images);
      }
    }
    return classes;
  }

  private static void images(
      String part, TreeMap<String, Folder> classes, Scan scan, Consumer<Sample> to) {
    classes.forEach(
        (name, folder) -> {
          for (Path image : folder.images()) {
            String path = part + "/" + name + "/" + Folder.name(image);
            to.accept(Sample.normal(path, name, ImageRef.file(image)));
          }
        });
  }

  private static String missing(
      Path root, List<String> trainNames, List<String> testNames, boolean trainIsThere)
      throws IOException {
    String name = trainIsThere ? testNames.get(0) : trainNames.get(0);
    String missed = root.resolve(name) + " is missing";
    for (Path child : Folder.list(root).folders()) {
      if (part(child, trainNames).isPresent() && part(child, testNames).isPresent()) {
        return missed + "; " + child + " has it: give that folder";
      }
    }
    Path above = root.toAbsolutePath().normalize().getParent();
    if (above != null
        && part(above, trainNames).isPresent()
        && part(above, testNames).isPresent()) {
      return missed + "; give the folder above, " + above;
    }
    return missed
        + "; give the folder that holds "
        + trainNames.get(0)
        + " and "
        + testNames.get(0);
  }
}
