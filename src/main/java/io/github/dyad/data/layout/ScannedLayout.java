package io.github.dyad.data.layout;

import io.github.dyad.InputException;
import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.Domain;
import io.github.dyad.data.Inspection;
import io.github.dyad.data.SplitRequest;
import io.github.dyad.data.SplitSelection;
import io.github.dyad.data.Splits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A layout that lists images; reading stops at the first problem, inspecting collects all. */
abstract class ScannedLayout implements DatasetLayout {
  private final String id;
  private final DatasetFacts facts;

  ScannedLayout(String id, DatasetFacts facts) {
    this.id = id;
    this.facts = facts;
  }

  /** Lists the images under an existing folder. */
  abstract void scan(Path root, Scan scan) throws IOException;

  @Override
  public final String name() {
    return id;
  }

  @Override
  public final DatasetFacts facts() {
    return facts;
  }

  @Override
  public final Splits read(Path root, SplitRequest request) {
    Scan scan = scanned(root, request.categories(), request.trainOnly());
    scan.check(id);
    return facts.domain() == Domain.INDUSTRIAL
        ? SplitSelection.industrial(id, request, scan.categories(), scan.train(), scan.test())
        : SplitSelection.semantic(id, request, scan.categories(), scan.train(), scan.test());
  }

  @Override
  public final Inspection inspect(Path root) {
    Scan scan = scanned(root, Set.of(), false);
    if (!scan.isEmpty()) {
      PublishedCounts.compare(id, scan);
    }
    return scan.inspection();
  }

  /** Names alone: files of test images are left alone. */
  @Override
  public final List<String> categories(Path root) {
    return scanned(root, Set.of(), true).inspection().categories();
  }

  private Scan scanned(Path root, Set<String> categories, boolean trainOnly) {
    Scan scan = new Scan(categories, trainOnly);
    try {
      if (rootIsThere(root, scan)) {
        scan(root, scan);
      }
    } catch (InputException e) {
      scan.problem(e.getMessage());
    } catch (IOException e) {
      scan.problem(root + " cannot be read: " + e.getMessage());
    }
    return scan;
  }

  /** Whether the root is a folder; where it is not, the problem is noted. */
  boolean rootIsThere(Path root, Scan scan) {
    if (Files.isDirectory(root)) {
      return true;
    }
    if (Files.isRegularFile(root)) {
      scan.problem(
          root
              + " is a file; "
              + (Folder.isArchive(root) ? "extract it and give the folder" : "give a folder"));
    } else {
      scan.problem("there is no folder " + root + "; have the data set from " + facts.home());
    }
    return false;
  }
}
