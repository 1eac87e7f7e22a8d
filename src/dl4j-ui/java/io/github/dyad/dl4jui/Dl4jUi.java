package io.github.dyad.dl4jui;

import io.github.dyad.cli.TrainingUi;
import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.RunPage;

/** {@code --ui dl4j}. */
public final class Dl4jUi implements TrainingUi {
  @Override
  public String id() {
    return "dl4j";
  }

  @Override
  public RunPage open(Grid grid) {
    return new StatsPage(grid);
  }
}
