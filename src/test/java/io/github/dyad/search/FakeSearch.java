package io.github.dyad.search;

import io.github.dyad.experiment.DataRoom;
import io.github.dyad.experiment.FakeEngine;
import io.github.dyad.experiment.ResultsFolder;
import java.nio.file.Path;

/** A search in a process of its own, to be killed. */
final class FakeSearch {
  private FakeSearch() {}

  /**
   * @param args the file, the results folder, milliseconds a step
   */
  public static void main(String[] args) {
    Path results = Path.of(args[1]);
    Search.read(Path.of(args[0]))
        .run(
            new ResultsFolder(results),
            DataRoom.in(results.resolveSibling("data")),
            new FakeEngine(5, Long.parseLong(args[2])),
            new SilentListener(),
            () -> false);
  }
}
